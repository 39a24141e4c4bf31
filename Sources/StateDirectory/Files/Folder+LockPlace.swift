extension Folder {
  /// Names the very file of the lock, among all files of this machine for as long as it runs; `nil` where there is none.
  ///
  /// Whoever holds the lock of a file that was named so knows that everybody who held it before has let go: while a process has the file open,
  /// no other file has its number.
  public func lockPlace(_ name: String = "lock") throws(StateError) -> String? {
    try identity(of: name).map { "\($0.device) \($0.inode)" }
  }
}
