internal import Glibc

/// Marks on packs of ours that no reference leads to yet: git's own `.keep` files.
///
/// Without one, a `git gc --prune=now` that looked for reachable commits just before our reference moved deletes the pack just after, and the
/// branch points at nothing. The mark is there before its pack is, and goes when the reference has moved or the pack is of no use.
final class Keeps {
  private var paths: [String] = []

  /// Marks the pack that will be called after `checksum` in the git directory `directory`.
  func add(_ checksum: ObjectID, in directory: String) throws(GitError) {
    let path = "\(directory)objects/pack/pack-\(checksum).keep"
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else {
      if errno == EEXIST { return }  // The pack is somebody's already, and stays.
      throw GitError(
        step: "mark a new pack at \(path)", reason: errno == ENOSPC ? .noSpace : .other, detail: String(cString: strerror(errno)))
    }
    defer { close(file) }
    paths.append(path)
    let text = Keeps.text(Int(getpid()))
    guard Glibc.write(file, text, text.utf8.count) == text.utf8.count else {
      throw GitError(step: "mark a new pack at \(path)", reason: .noSpace, detail: String(cString: strerror(errno)))
    }
  }

  func release() {
    for path in paths { unlink(path) }
    paths = []
  }

  deinit { release() }

  /// The marks in `directory` that processes of this machine made and left behind when they were killed.
  static func abandoned(in directory: String) -> [String] {
    names(in: directory + "objects/pack").filter { $0.hasSuffix(".keep") }.map { "objects/pack/\($0)" }.filter { name in
      guard let text = contents(of: directory + name), text.hasPrefix(mark),
        let process = pid_t(text.dropFirst(mark.count).prefix { $0.isNumber }),
        text == Keeps.text(Int(process))
      else { return false }
      return kill(process, 0) < 0 && errno == ESRCH
    }
  }

  private static let mark = "waits for its reference, by process "

  private static func text(_ process: Int) -> String {
    var name = utsname()
    uname(&name)
    let host = withUnsafeBytes(of: name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return "\(mark)\(process) on \(host)\n"
  }
}
