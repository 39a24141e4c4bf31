import Glibc

extension Folder {
  /// Replaces the file `name`, or makes it: after a crash there is the old content or the new one, never a mixture (F1).
  ///
  /// - Throws: ``StateError/Reason/unsure(_:)`` if the new content is in place but the folder could not be flushed (F2); after any other
  ///   error the old content is in place; ``StateError/Reason/stopped(by:)`` once a flush has failed.
  public func replace(_ name: String, with bytes: [UInt8]) throws(StateError) {
    try replace(name) { file throws(StateError) in try file.write(bytes) }
  }

  /// Replaces `name` with what `write` puts into the new file. `beforeRename` and `afterRename` are for failpoints.
  func replace(
    _ name: String, beforeRename: () throws(StateError) -> Void = {}, afterRename: () throws(StateError) -> Void = {},
    writing write: (borrowing File) throws(StateError) -> Void
  ) throws(StateError) {
    try trust.require("replace", path(of: name))
    let temporary = Self.temporaryPrefix + String(UInt64.random(in: 0 ... .max), radix: 16)
    let written: FileIdentity
    do {
      written = try fill(temporary, write)
      try beforeRename()
      try rename(temporary, to: name, written)
    } catch {
      // The temporary file is litter whatever happened; should this fail too, the next start sweeps it.
      _ = unlinkat(descriptor, temporary, 0)
      throw error
    }
    try afterRename()
    do { try flush() } catch {
      throw StateError("replace", path(of: name), .unsure(error.errno ?? EIO))
    }
  }

  private func fill(_ temporary: String, _ write: (borrowing File) throws(StateError) -> Void) throws(StateError) -> FileIdentity {
    let file = try File(temporary, in: self, O_WRONLY | O_CREAT | O_EXCL, step: "write")
    try write(file)
    try file.flush()
    return try file.identity
  }

  /// An error from the rename does not mean that it was not done: what the name stands for now decides (F2).
  func rename(_ temporary: String, to name: String, _ written: FileIdentity) throws(StateError) {
    do {
      try check("replace", path(of: name)) { renameat(descriptor, temporary, descriptor, name) }
    } catch {
      guard try identity(of: name) == written else { throw error }
    }
  }

  static let temporaryPrefix = ".posthorn-new-"

  /// Removes the temporary files that a killed process left here. Only for the holder of the lock: another's could be in use.
  public func sweep() throws(StateError) {
    var swept = false
    for name in try list() where name.hasPrefix(Self.temporaryPrefix) { swept = try unlink(name) || swept }
    if swept { try flush() }
  }
}
