import Glibc

/// One commit on `main`, written in the format of `git fast-import`: 100,000 files take seconds, and the same files give the same commit.
final class FastImport {
  private let stream: String
  private let descriptor: Int32
  private var pending: [UInt8] = []

  /// - Parameter stream: a file that is made here and read by `git`.
  init(writing stream: String) throws(BenchFailure) {
    self.stream = stream
    descriptor = open(stream, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Files.failure("make", stream) }
    let stamp = "Author <author@example.org> 1767225600 +0000"
    pending += "commit refs/heads/main\nauthor \(stamp)\ncommitter \(stamp)\ndata 5\nposts\n".utf8
  }

  deinit { close(descriptor) }

  func add(_ path: String, _ text: String) throws(BenchFailure) {
    pending += "M 100644 inline \(path)\ndata \(text.utf8.count)\n\(text)\n".utf8
    if pending.count > 1 << 20 { try flush() }
  }

  /// Makes the repository, bare or with a work tree that has all files; the commit's id.
  func finish(at repository: String, _ kind: Kind, in folder: TemporaryFolder) throws(BenchFailure) -> String {
    pending += "\n".utf8
    try flush()
    try Child.run(["git", "init", "-q", "-b", "main"] + (kind == .bare ? ["--bare"] : []) + [repository], in: folder)
    try Child.run(["git", "-C", repository, "fast-import", "--quiet"], in: folder, input: stream)
    if kind == .workTree { try Child.run(["git", "-C", repository, "reset", "-q", "--hard"], in: folder) }
    return try Child.run(["git", "-C", repository, "rev-parse", "main"], in: folder)
  }

  enum Kind { case bare, workTree }

  private func flush() throws(BenchFailure) {
    try Files.write(pending, to: descriptor, stream)
    pending.removeAll(keepingCapacity: true)
  }
}
