/// The number of a node in its document.
public struct NodeID: Hashable, Sendable {
  let index: Int32

  init(_ index: Int) { self.index = Int32(truncatingIfNeeded: index) }
}

/// A scalar, a sequence or a mapping; its children follow it directly in the document.
public struct Node: Sendable {
  public enum Kind: UInt8, Sendable {
    case scalar, sequence, mapping
    /// Something that ``Problem`` already names, such as an alias: readers say nothing more about it.
    case refused
  }

  public enum Style: UInt8, Sendable {
    case plain, quoted, block
  }

  public let kind: Kind
  public let style: Style
  public internal(set) var span: Span
  /// Where a scalar's bytes stand in the document's buffer.
  let textStart: Int32
  let textEnd: Int32
  /// The first node after this one and all that it contains.
  var next: Int32
  /// Direct children; a mapping counts keys and values.
  var children: Int32

  /// `key:` with nothing after it.
  public var isEmpty: Bool { kind == .scalar && style == .plain && textStart == textEnd }

  /// A list or a mapping with nothing in it; true for every scalar.
  public var isChildless: Bool { children == 0 }

  /// The length of a scalar's text in bytes.
  public var byteCount: Int { Int(textEnd - textStart) }
}
