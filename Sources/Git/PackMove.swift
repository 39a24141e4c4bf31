internal import Glibc

/// A pack on its way into a repository that others tidy up.
///
/// A `git gc` that comes by deletes an index without a pack as garbage, and a file that looks unfinished too. So both are made in a folder
/// beside, and moved as git does it: the pack first, then its index.
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

  func move(_ pack: PackWriter.Finished) throws(GitError) {
    try system("make \(made)") { mkdir(made, 0o700) }
    defer { Repository.remove(bareAt: made) }
    let files = [("pack-\(pack.checksum).pack", pack.bytes), ("pack-\(pack.checksum).idx", pack.index)]
    for (name, bytes) in files { try write(bytes, to: "\(made)/\(name)") }
    for (name, _) in files { try system("move \(name) to \(packs)") { rename("\(made)/\(name)", "\(packs)/\(name)") } }
    try flushPacks()
  }

  /// Makes a file, which nobody ever changes, and flushes it.
  private func write(_ bytes: [UInt8], to path: String) throws(GitError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o444)
    try system("make \(path)") { file }
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      try system("write \(path)") { Int32(clamping: count) }
      rest = rest.dropFirst(count)
    }
    try system("flush \(path)") { fsync(file) }
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
    throw GitError(step: step, reason: number == ENOSPC || number == EDQUOT ? .noSpace : .other, detail: String(cString: strerror(number)))
  }
}
