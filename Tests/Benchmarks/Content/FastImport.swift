import Glibc

/// One commit on a branch, streamed to a `git fast-import` that runs beside us: a million files take a minute, none of them stays in memory,
/// and the same files give the same commit.
///
/// Nothing is stored as a difference from something else: this reads as fast as what `git gc` packs, within a fifth. fast-import's own chains
/// of differences, file after file as they come, would make a random reader several times slower than any repository that was pushed.
final class FastImport {
  private let repository: String
  private let branch: String
  private let folder: TemporaryFolder
  private let git: Child
  private let errors: String
  private let pipe: String
  private var descriptor: Int32
  private var pending: [UInt8] = []

  enum Kind { case bare, workTree }

  /// The first commit of a repository that is made for it.
  convenience init(making kind: Kind, at repository: String, in folder: TemporaryFolder) throws(BenchFailure) {
    try Child.run(["git", "init", "-q", "-b", "main"] + (kind == .bare ? ["--bare"] : []) + [repository], in: folder)
    try self.init(onto: nil, in: repository, folder: folder)
  }

  /// - Parameters:
  ///   - commit: the parent, of which everything stays that is not added again.
  ///   - branch: made, or moved forward.
  init(
    onto commit: String?, in repository: String, branch: String = "main", message: String = "posts", folder: TemporaryFolder
  ) throws(BenchFailure) {
    (self.repository, self.branch, self.folder) = (repository, branch, folder)
    (errors, pipe) = (folder.fresh("import-errors"), folder.fresh("pipe"))
    signal(SIGPIPE, SIG_IGN)  // a git that ended shows as a write that fails
    guard mkfifo(pipe, 0o600) == 0 else { throw Files.failure("make", pipe) }
    let bothEnds = open(pipe, O_RDWR | O_CLOEXEC)  // so that neither end waits for the other one to be opened
    defer { close(bothEnds) }
    git = try Child(
      ["git", "-C", repository, "-c", "core.compression=1", "fast-import", "--quiet", "--depth=0"], .init(input: pipe, errors: errors),
      environment: Self.roomy)
    descriptor = open(pipe, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Files.failure("open", pipe) }
    let stamp = "Author <author@example.org> 1767225600 +0000"
    pending += "commit refs/heads/\(branch)\nauthor \(stamp)\ncommitter \(stamp)\ndata \(message.utf8.count)\n\(message)\n".utf8
    if let commit { pending += "from \(commit)\n".utf8 }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// A compressor a file costs git more than the compressing if its memory goes back to the system each time.
  private static let roomy = ["MALLOC_TOP_PAD_=67108864", "MALLOC_TRIM_THRESHOLD_=536870912", "MALLOC_MMAP_THRESHOLD_=536870912"]

  func add(_ path: String, _ text: String) throws(BenchFailure) {
    pending += "M 100644 inline \(path)\ndata \(text.utf8.count)\n".utf8
    pending += text.utf8
    pending.append(0x0A)
    if pending.count > 1 << 20 { try flush() }
  }

  /// Removes a file or a folder with everything in it.
  func remove(_ path: String) { pending += "D \(path)\n".utf8 }

  /// The commit's id, once the branch is there.
  func finish() throws(BenchFailure) -> String {
    pending.append(0x0A)
    try flush()
    close(descriptor)
    descriptor = -1
    guard git.wait().status == 0 else { throw failure }
    unlink(pipe)
    return try Child.run(["git", "-C", repository, "rev-parse", "refs/heads/\(branch)"], in: folder)
  }

  private func flush() throws(BenchFailure) {
    do { try Files.write(pending, to: descriptor, pipe) } catch { throw failure }
    pending.removeAll(keepingCapacity: true)
  }

  private var failure: BenchFailure {
    BenchFailure("git fast-import ended: \((try? Files.text(errors)) ?? "it said nothing")")  // that it ended is what matters
  }
}
