import Glibc

extension Folder {
  /// The bytes of the file `name`, or nil if there is none.
  ///
  /// - Throws: ``StateError/Reason/tooLarge(_:limit:)`` before anything above `limit` bytes is read.
  public func read(_ name: String, limit: Int) throws(StateError) -> [UInt8]? {
    do {
      return try File(name, in: self, O_RDONLY).readAll(limit: limit)
    } catch {
      if error.errno == ENOENT { return nil }
      throw error
    }
  }

  /// Writes the file `name` anew as it is, so that it is on the disk whatever became of it before. False where there is none.
  public func renew(_ name: String, limit: Int) throws(StateError) -> Bool {
    guard let bytes = try read(name, limit: limit) else { return false }
    try replace(name, with: bytes)
    return true
  }

  /// Whether something, of whatever kind, has the name `name`.
  public func exists(_ name: String) throws(StateError) -> Bool { try identity(of: name) != nil }

  /// Which file `name` stands for now, or nil if there is none.
  func identity(of name: String) throws(StateError) -> FileIdentity? {
    var status = stat()
    do {
      try check("look at", path(of: name)) { fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) }
    } catch {
      if error.errno == ENOENT { return nil }
      throw error
    }
    return FileIdentity(status)
  }

  /// Removes the file `name`, for good once this returns. One that is not there is no error.
  public func remove(_ name: String) throws(StateError) {
    if try unlink(name) { try flush() }
  }

  /// Removes a name without flushing the folder; the caller does that once for many. False if it was not there.
  @discardableResult
  func unlink(_ name: String) throws(StateError) -> Bool {
    do {
      try check("remove", path(of: name)) { unlinkat(descriptor, name, 0) }
      return true
    } catch {
      if error.errno == ENOENT { return false }
      throw error
    }
  }

  /// The names in here, sorted by their bytes, without `.` and `..`.
  public func list() throws(StateError) -> [String] {
    let copy = try check("list", path) { openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard let stream = fdopendir(copy) else {
      let number = errno
      _ = close(copy)
      throw StateError("list", path, .system(number))
    }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    if errno != 0 { throw StateError("list", path, .system(errno)) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Gives what is at `name` another name, `name.damaged-1` or a number after all that are there, so that a new one can take its place.
  ///
  /// Of such files the newest ``mostSetAside`` are kept: a disk that damages one a day would fill itself with them.
  ///
  /// - Returns: the new name.
  public func setAside(_ name: String) throws(StateError) -> String {
    let prefix = "\(name).damaged-"
    let earlier = try list().compactMap { $0.hasPrefix(prefix) ? UInt32($0.dropFirst(prefix.count)) : nil }.sorted()
    let aside = "\(prefix)\((earlier.last ?? 0) &+ 1)"
    try check("set aside", path(of: name)) { renameat(descriptor, name, descriptor, aside) }
    for number in earlier.dropLast(Self.mostSetAside - 1) { try unlink("\(prefix)\(number)") }
    try flush()
    return aside
  }

  static let mostSetAside = 16
}
