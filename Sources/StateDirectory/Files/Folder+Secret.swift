import Glibc

extension Folder {
  /// The bytes of the file `name`, which nobody else may read or write; nil if there is none. It is looked at once it is open, so that it is
  /// the file that is read.
  ///
  /// - Throws: ``StateError/Reason/refused(_:)`` with the command that mends it.
  public func readSecret(_ name: String, limit: Int) throws(StateError) -> [UInt8]? {
    do throws(StateError) {
      let file = try File(name, in: self, O_RDONLY)
      let status = try file.status()
      guard status.st_mode & S_IFMT == S_IFREG else { throw StateError("read", file.path, .refused("it is no plain file")) }
      guard status.st_uid == geteuid() else {
        throw StateError("read", file.path, .refused("it belongs to user \(status.st_uid); run: chown \(geteuid()) \(file.path)"))
      }
      guard status.st_mode & 0o077 == 0 else {
        throw StateError("read", file.path, .refused("others can read it; run: chmod 600 \(file.path)"))
      }
      return try file.readAll(limit: limit)
    } catch {
      if error.errno == ENOENT { return nil }
      throw error
    }
  }
}
