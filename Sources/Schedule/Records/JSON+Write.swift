extension JSON {
  /// The canonical text: sorted keys, two spaces a level, a final newline.
  public func text() -> String { String(decoding: bytes(), as: UTF8.self) }

  /// The canonical text in UTF-8.
  public func bytes() -> [UInt8] {
    var writer = JSONWriter(isIndented: true)
    writer.write(self, level: 0)
    writer.endFile()
    return writer.bytes
  }

  /// The same on one line, without spaces and without a newline: for lines of a log and for bodies of requests.
  public func compactBytes() -> [UInt8] {
    var writer = JSONWriter(isIndented: false)
    writer.write(self, level: 0)
    return writer.bytes
  }

  /// The text of ``compactBytes()``.
  public func compactText() -> String { String(decoding: compactBytes(), as: UTF8.self) }
}
