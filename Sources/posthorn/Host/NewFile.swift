import Glibc

/// Files that a command writes into somebody's folders: whole or not at all, and never over another file.
enum NewFile {
  enum Ending: Equatable {
    case written
    /// Something is there already; it was left alone.
    case present
  }

  /// Writes a new file, its folders first.
  static func write(_ text: String, to path: String, mode: mode_t = 0o644) throws(Failure) -> Ending {
    if exists(path) { return .present }
    try makeFolder(parent(of: path))
    let temporary = try writeTemporary(text, beside: path, mode: mode)
    defer { unlink(temporary) }
    // A link is made only where nothing has the name: whoever was faster is left alone.
    if link(temporary, path) == 0 { return .written }
    if errno == EEXIST { return .present }
    throw failure("write", path)
  }

  /// Replaces a file of our own.
  static func replace(_ path: String, with text: String, mode: mode_t) throws(Failure) {
    let temporary = try writeTemporary(text, beside: path, mode: mode)
    guard rename(temporary, path) == 0 else {
      let failure = failure("replace", path)
      unlink(temporary)
      throw failure
    }
  }

  /// Whether anything has that name, a dangling link included.
  static func exists(_ path: String) -> Bool {
    var facts = stat()
    return lstat(path, &facts) == 0
  }

  static func makeFolder(_ path: String) throws(Failure) {
    var facts = stat()
    if path.isEmpty || stat(path, &facts) == 0 { return }
    try makeFolder(parent(of: path))
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure("make the folder", path) }
  }

  private static func writeTemporary(_ text: String, beside path: String, mode: mode_t) throws(Failure) -> String {
    let temporary = "\(parent(of: path))/.posthorn-new-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw failure("write", path) }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw abandon(temporary, failure("write", path)) }
      rest = rest.dropFirst(count)
    }
    guard fsync(descriptor) == 0 else { throw abandon(temporary, failure("write", path)) }
    return temporary
  }

  private static func abandon(_ temporary: String, _ failure: Failure) -> Failure {
    unlink(temporary)
    return failure
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func failure(_ step: String, _ path: String) -> Failure {
    .couldNot("cannot \(step) \(path): \(String(cString: strerror(errno))); check the folder's permissions and the disk")
  }
}
