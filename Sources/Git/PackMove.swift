internal import CGit2
internal import Glibc

/// A pack on its way into a repository that others tidy up.
///
/// libgit2 would put the index into the folder of packs before the pack itself, and a `git gc` that comes by in between deletes an index
/// without a pack as garbage. So both are made in a folder beside, and moved as git does it: the pack first, then its index.
struct PackMove {
  private let made: String
  private let packs: String

  init(into commonPath: String) {
    made = "\(commonPath)objects/posthorn-\(getpid())-\(UInt32.random(in: .min ... .max))"
    packs = "\(commonPath)objects/pack"
  }

  /// Removes the folders that killed processes of this machine left behind; nobody refers to what is in them.
  static func sweepAbandoned(in commonPath: String) {
    for name in names(in: "\(commonPath)objects") where name.hasPrefix("posthorn-") {
      guard let process = pid_t(name.dropFirst("posthorn-".count).prefix { $0.isNumber }), kill(process, 0) < 0, errno == ESRCH else {
        continue
      }
      Repository.remove(bareAt: "\(commonPath)objects/\(name)")
    }
  }

  func move(_ pack: git_buf, objects: OpaquePointer, step: String) throws(GitError) {
    try system("make \(made)") { mkdir(made, 0o700) }
    defer { Repository.remove(bareAt: made) }
    let indexer: OpaquePointer = try make(step) { git_indexer_new(&$0, made, 0, objects, nil) }
    defer { git_indexer_free(indexer) }
    var progress = git_indexer_progress()
    try check(step) { git_indexer_append(indexer, pack.ptr, pack.size, &progress) }
    try check(step) { git_indexer_commit(indexer, &progress) }
    for name in names(in: made).sorted(by: >) where name.hasSuffix(".pack") || name.hasSuffix(".idx") {  // .pack before .idx
      try system("move \(name) to \(packs)") { rename("\(made)/\(name)", "\(packs)/\(name)") }
    }
    try flushPacks()
    try check(step) { git_odb_refresh(objects) }
  }

  private func flushPacks() throws(GitError) {
    let folder = open(packs, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    try system("open \(packs)") { folder }
    defer { close(folder) }
    try system("flush \(packs)") { fsync(folder) }
  }

  private func system(_ step: String, _ call: () -> Int32) throws(GitError) {
    guard call() < 0 else { return }
    let number = errno
    throw GitError(step: step, reason: number == ENOSPC ? .noSpace : .other, detail: String(cString: strerror(number)))
  }
}
