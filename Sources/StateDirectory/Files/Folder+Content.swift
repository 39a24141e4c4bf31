import Glibc

/// Files that are named by their content and may be made again: a cache.
extension Folder {
  /// A file here, and for how long nobody has used it.
  public struct Cached: Equatable, Sendable {
    public let name: String
    public let size: Int64
    /// Negative after the clock was set back.
    public let idle: Duration
  }

  /// What is called `name`; `nil` where that is no file.
  public func cached(_ name: String) throws(StateError) -> Cached? {
    var status = stat()
    do {
      try check("look at", path(of: name)) { fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) }
    } catch {
      if error.errno == ENOENT { return nil }
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Cached(
      name: name, size: Int64(status.st_size),
      idle: .seconds(now.tv_sec - status.st_mtim.tv_sec) + .nanoseconds(now.tv_nsec - status.st_mtim.tv_nsec))
  }

  /// Notes that `name` is used now.
  public func touch(_ name: String) throws(StateError) {
    try check("touch", path(of: name)) { utimensat(descriptor, name, nil, AT_SYMLINK_NOFOLLOW) }
  }

  /// Gives the file `temporary`, whoever wrote it, the name `name`: after a crash there is all of it under that name, or nothing (F1).
  /// `beforeRename` and `afterRename` are for failpoints.
  ///
  /// - Throws: as ``replace(_:with:)`` does.
  public func adopt(
    _ temporary: String, as name: String, beforeRename: () throws(StateError) -> Void = {}, afterRename: () throws(StateError) -> Void = {}
  ) throws(StateError) {
    let file = try File(temporary, in: self, O_RDONLY)
    try file.flush()
    try beforeRename()
    try rename(temporary, to: name, try file.identity)
    try afterRename()
    do { try flush() } catch { throw StateError("replace", path(of: name), .unsure(error.errno ?? EIO)) }
  }

  /// Copies the file at `path`, one of somebody else, into the file `name`, whose content goes. Not flushed.
  ///
  /// - Returns: `false` where there is no file at `path` that could be read.
  public func copy(_ path: String, to name: String) throws(StateError) -> Bool {
    let source = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)  // not waiting is for what turns out to be a pipe
    guard source >= 0 else { return false }
    defer { _ = close(source) }
    var status = stat()
    guard fstat(source, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    let file = try File(name, in: self, O_WRONLY | O_CREAT | O_TRUNC, step: "write")
    var room = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = Glibc.read(source, &room, room.count)
      if count == 0 { return true }
      if count < 0 {
        guard errno == EINTR else { return false }
        continue
      }
      try file.write(Array(room[..<count]))
    }
  }

  /// The room on the disk that is left for this user.
  public func freeSpace() throws(StateError) -> Int64 {
    var status = statvfs()
    try check("look at", path) { fstatvfs(descriptor, &status) }
    return Int64(status.f_bavail) * Int64(status.f_frsize)
  }
}
