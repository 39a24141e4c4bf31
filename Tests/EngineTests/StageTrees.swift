import Support

extension Stage {
  /// Commits entries of any mode below `schedule/`, as no work tree would.
  func commit(_ entries: [(mode: String, path: String, text: String)]) throws {
    let clone = repository.clone
    try clone.git("pull", "-q", "--rebase", "origin", "main")
    var blobs: [String: String] = [:]
    var lines = ""
    for entry in entries {
      let isSubmodule = entry.mode == "160000"
      let blob =
        try isSubmodule
        ? String(repeating: "1", count: 40) : blobs[entry.text] ?? clone.git("hash-object", "-w", "--stdin", input: entry.text)
      blobs[entry.text] = blob
      lines += "\(entry.mode) \(blob)\tschedule/\(entry.path)\n"
    }
    try clone.git("update-index", "--index-info", input: lines)
    try clone.git("commit", "-q", "-m", "as no work tree would")
    try clone.git("push", "-q", "origin", "HEAD:refs/heads/main")
    try clone.git("reset", "-q", "--hard")
  }
}
