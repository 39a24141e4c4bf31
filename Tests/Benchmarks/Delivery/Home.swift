import Glibc

/// A bare repository, and the state directory of the daemon that reads it.
struct Home {
  let repository: String
  let state: String
  /// The branch's head when it was made.
  let commit: String
  let posts: Int

  func copy(in folder: TemporaryFolder) throws(BenchFailure) -> Home {
    let other = Home(repository: folder.fresh("repository"), state: folder.fresh("state"), commit: commit, posts: posts)
    // Whatever git writes it writes beside the old file, and renames; the journal is appended to where it is.
    try Child.run(["cp", "-al", repository, other.repository], in: folder)
    try Child.run(["cp", "-a", "--reflink=auto", state, other.state], in: folder)
    return other
  }

  /// The schedule on disk: put in place anew, as the last step, whenever content has been taken in.
  static let schedule = "desired"

  /// Whether the schedule on disk is the one at `commit`.
  func hasScheduled(_ commit: String) throws(BenchFailure) -> Bool {
    guard Files.exists("\(state)/\(Self.schedule)") else { return false }
    let bytes = try Files.bytes("\(state)/\(Self.schedule)")
    return bytes.firstRange(of: hexadecimalBytes(commit)) != nil || bytes.firstRange(of: Array(commit.utf8)) != nil
  }

  func head(in folder: TemporaryFolder) throws(BenchFailure) -> String {
    try Child.run(["git", "-C", repository, "rev-parse", "refs/heads/main"], in: folder)
  }

  /// Moves the branch to a commit that the repository has already, by one rename; when it did, on the steady clock.
  func move(to commit: String) throws(BenchFailure) -> Int64 {
    let (lock, branch) = ("\(repository)/refs/heads/main.lock", "\(repository)/refs/heads/main")
    try Files.write(commit + "\n", to: lock, mode: 0o644)
    let moment = Clocks.steady
    guard rename(lock, branch) == 0 else { throw Files.failure("rename", lock) }
    return moment
  }
}

/// The bytes that `text` names, two digits each.
private func hexadecimalBytes(_ text: String) -> [UInt8] {
  let digits = Array(text.utf8).map { $0 > 0x39 ? $0 - 0x57 : $0 - 0x30 }
  return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
