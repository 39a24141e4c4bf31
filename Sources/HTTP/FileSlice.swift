/// A part of a file, as the body of a request: read while it is sent, so that it may be larger than memory.
public struct FileSlice: Equatable, Sendable {
  public var path: String
  /// Where it begins, and how many bytes it has.
  public var offset: Int64
  public var length: Int64

  public init(path: String, offset: Int64, length: Int64) {
    self.path = path
    self.offset = offset
    self.length = length
  }
}
