/// A place in a file: line and column count from 1, the column in characters (Unicode scalars).
public struct Mark: Hashable, Comparable, Sendable {
  public let line: Int32
  public let column: Int32

  public init(line: Int, column: Int) {
    self.line = Int32(clamping: line)
    self.column = Int32(clamping: column)
  }

  public static let start = Mark(line: 1, column: 1)

  public static func < (left: Mark, right: Mark) -> Bool {
    left.line != right.line ? left.line < right.line : left.column < right.column
  }
}

/// From the first character of something to just after its last one.
public struct Span: Hashable, Sendable {
  public let start: Mark
  public let end: Mark

  public init(_ start: Mark, _ end: Mark) {
    self.start = start
    self.end = end
  }

  /// One character at the very beginning: the place of what concerns a whole file.
  public static let wholeFile = Span(.start, Mark(line: 1, column: 2))
}
