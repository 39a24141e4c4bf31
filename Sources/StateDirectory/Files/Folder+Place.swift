import Glibc

extension Folder {
  /// Names the place that the folder stands at: what is removed and made again under the same name has the same one. It holds for as long as the
  /// machine runs, and for this machine only, so it is to be put together with the name of the boot.
  ///
  /// - Throws: ``StateError`` where the folder above cannot be looked at.
  public func place() throws(StateError) -> String {
    var above = stat()
    try check("look at", path(of: "..")) { fstatat(descriptor, "..", &above, 0) }
    let name = path.split(separator: "/").last ?? ""
    return "\(above.st_dev) \(above.st_ino) \(name)"
  }
}

extension Folder {
  /// Which folder this is, and at which path it stands, links resolved.
  func standing() throws(StateError) -> (path: String, identity: FileIdentity) {
    var status = stat()
    try check("look at", path) { fstat(descriptor, &status) }
    guard let real = realpath(path, nil) else { throw StateError("look at", path, .system(errno)) }
    defer { free(real) }
    return (String(cString: real), FileIdentity(status))
  }

  /// Whether its path still leads to it: one that was moved away leaves its place to another.
  var isWhereItWas: Bool {
    get throws(StateError) {
      var (there, here) = (stat(), stat())
      try check("look at", path) { fstat(descriptor, &here) }
      guard stat(path, &there) == 0 else { return false }
      return FileIdentity(there) == FileIdentity(here)
    }
  }
}
