/// Where the body of an answer goes instead of into memory: a file that grows while the bytes arrive. It is not flushed to the disk.
///
/// Only an answer of 200 or 206 goes there; what else a server says is kept in the response, within its limit.
public struct FileSink: Equatable, Sendable {
  /// Made, for its owner alone, where it is missing.
  public var path: String
  /// Where the bytes of a 206 begin: how much of the file is here. Those of a 200 are the whole file, and replace what is here.
  public var offset: Int64
  /// How long the file may become; what follows is not read, and the response says so.
  public var limit: Int64

  public init(path: String, offset: Int64 = 0, limit: Int64) {
    self.path = path
    self.offset = offset
    self.limit = limit
  }
}
