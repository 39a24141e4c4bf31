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
