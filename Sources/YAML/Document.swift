/// One YAML document, flat: nodes in the order of the file, their text in one buffer.
///
/// It is made to be used again: ``read(_:)-(UnsafeBufferPointer<UInt8>)`` keeps the buffers of the file before, so that reading many
/// small files allocates next to nothing.
public struct Document: Sendable {
  var nodes: [Node] = []
  var text: [UInt8] = []
  /// Containers that are open while parsing, outermost first.
  var open: [Int32] = []
  /// Whether libyaml reads private characters in the place of what it does not know.
  var hasPairs = false

  /// All problems, in the order of the file.
  public internal(set) var problems: [Problem] = []
  /// The file was read to its end; `false` after a problem that nothing behind it can be trusted beyond.
  public internal(set) var isComplete = false

  public init() {}

  public init(_ bytes: [UInt8]) { read(bytes) }

  /// Replaces this document by the one in `bytes`.
  public mutating func read(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { read($0) }
  }

  /// Replaces this document by the one in `bytes`, which need to live for the call only.
  public mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
    empty()
    guard bytes.count <= Limit.fileBytes else { return note(.fileTooLarge(bytes: bytes.count), at: .wholeFile) }
    let source = Source(bytes)
    if let problem = source.firstProblem() { return problems.append(problem) }
    var scan = PlainScan(source.bytes)
    if scan.read(into: &self) { return }
    empty()
    let pairs = SurrogatePairs(in: source.bytes)
    hasPairs = pairs != nil
    if let pairs { pairs.bytes.withUnsafeBufferPointer { parse(source, reading: $0) } } else { parse(source, reading: source.bytes) }
  }

  private mutating func empty() {
    nodes.removeAll(keepingCapacity: true)
    text.removeAll(keepingCapacity: true)
    open.removeAll(keepingCapacity: true)
    problems.removeAll(keepingCapacity: true)
    isComplete = false
  }

  /// The outermost node; `nil` where the file holds nothing but comments.
  public var root: NodeID? { nodes.isEmpty ? nil : NodeID(0) }

  public subscript(_ id: NodeID) -> Node { nodes[Int(id.index)] }

  /// The text of a scalar, decoded; empty for anything else.
  public func string(_ id: NodeID) -> String {
    withBytes(id) { String(decoding: $0, as: UTF8.self) }
  }

  /// Calls `body` with the UTF-8 of a scalar, without making a string.
  public func withBytes<Result>(_ id: NodeID, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let node = self[id]
    return text.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[Int(node.textStart)..<Int(node.textEnd)])) }
  }

  mutating func note(_ kind: Problem.Kind, at span: Span) {
    problems.append(Problem(kind, at: span))
  }
}

extension Document {
  /// The keys of a mapping with their values, in order; nothing for other nodes.
  public func entries(of id: NodeID) -> Entries {
    Entries(children: Children(nodes: nodes, of: id, if: .mapping))
  }

  /// The items of a sequence, in order; nothing for other nodes.
  public func items(of id: NodeID) -> Children {
    Children(nodes: nodes, of: id, if: .sequence)
  }

  public struct Children: Sequence, IteratorProtocol {
    private let nodes: [Node]
    private var index: Int
    private let end: Int

    init(nodes: [Node], of id: NodeID, if kind: Node.Kind) {
      self.nodes = nodes
      index = Int(id.index) + 1
      end = nodes[Int(id.index)].kind == kind ? Int(nodes[Int(id.index)].next) : index
    }

    public mutating func next() -> NodeID? {
      guard index < end else { return nil }
      defer { index = Int(nodes[index].next) }
      return NodeID(index)
    }
  }

  public struct Entries: Sequence, IteratorProtocol {
    var children: Children

    public mutating func next() -> (key: NodeID, value: NodeID)? {
      guard let key = children.next(), let value = children.next() else { return nil }
      return (key, value)
    }
  }
}
