import YAML

extension PostID {
  /// Whether a post's file may name an id of its own; `false` is certain, and told by one look at its bytes.
  ///
  /// A key is written plain or in quotes, and only a backslash can spell it in other letters.
  public static func mayBeNamed(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var before = UInt8(ascii: "\n")
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\\") { return true }
      if byte == UInt8(ascii: "i"), !isWord(before), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "d"),
        index + 2 == bytes.count || !isWord(bytes[index + 2])
      {
        return true
      }
      before = byte
      index += 1
    }
    return false
  }

  /// Whether a key goes on with it, so that it is another one. A byte order mark is none of these.
  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
    default: false
    }
  }
}

extension ContentReader {
  /// The id that a post's file names itself; `nil` where it names none, or one that cannot be an id.
  public mutating func namedID(_ bytes: UnsafeBufferPointer<UInt8>) -> PostID? {
    document.read(bytes)
    guard document.isComplete, let root = document.root else { return nil }
    for (name, value) in document.entries(of: root) where document.string(name) == "id" && document[value].kind == .scalar {
      return PostID(document.string(value))
    }
    return nil
  }

  /// The id of the post at a path: the one that it names, else its file's stem.
  public mutating func id(_ bytes: UnsafeBufferPointer<UInt8>, at path: String) -> PostID? {
    namedID(bytes) ?? PostID(ContentFile.stem(of: path))
  }
}
