import Schedule

/// Rows in columns, made to fit a width: what may be cut is cut, the widest first, and ends with an ellipsis.
struct Table {
  enum Alignment {
    case left, right
  }

  struct Column {
    var title: String
    var alignment = Alignment.left
    /// How narrow it may become; `nil` never gives way.
    var minimum: Int?

    init(_ title: String, _ alignment: Alignment = .left, minimum: Int? = nil) {
      (self.title, self.alignment, self.minimum) = (title, alignment, minimum)
    }
  }

  struct Cell: ExpressibleByStringInterpolation {
    var text: String
    var ink: Ink?

    init(_ text: String, _ ink: Ink? = nil) { (self.text, self.ink) = (text.printable, ink) }
    init(stringLiteral text: String) { self.init(text) }
  }

  let columns: [Column]
  private(set) var rows: [[Cell]] = []

  init(_ columns: Column...) { self.columns = columns }
  init(_ columns: [Column]) { self.columns = columns }

  mutating func add(_ cells: Cell...) { rows.append(cells) }
  /// - Parameter cells: one for each column.
  mutating func add(_ cells: [Cell]) { rows.append(cells) }

  /// The table with a line of titles, if any has one; nothing without rows.
  func text(width: Int, _ color: DiagnosticReport.Color, indent: String = "") -> String {
    guard !rows.isEmpty else { return "" }
    let titles = columns.map { Cell($0.title, .bold) }
    let widths = widths(within: width - indent.count)
    let lines = columns.contains { !$0.title.isEmpty } ? [titles] + rows : rows
    return lines.map { indent + line($0, widths, color) + "\n" }.joined()
  }

  private func line(_ cells: [Cell], _ widths: [Int], _ color: DiagnosticReport.Color) -> String {
    var line = ""
    var gap = ""
    for ((cell, column), width) in zip(zip(cells, columns), widths) {
      let shown = cell.text.clipped(toWidth: width)
      let space = String(repeating: " ", count: width - shown.displayWidth)
      let painted = cell.ink?.paint(shown, color) ?? shown
      // Space is written only when something follows it: no line ends with any.
      guard !shown.isEmpty else { gap += String(repeating: " ", count: width + 2); continue }
      line += gap + (column.alignment == .right ? space + painted : painted)
      gap = (column.alignment == .right ? "" : space) + "  "
    }
    return line
  }

  private func widths(within width: Int) -> [Int] {
    var widths = columns.indices.map { index in
      rows.reduce(columns[index].title.displayWidth) { max($0, $1[index].text.displayWidth) }
    }
    var excess = widths.reduce(2 * (columns.count - 1), +) - width
    while excess > 0 {
      let candidates = columns.indices.filter { index in columns[index].minimum.map { widths[index] > $0 } ?? false }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }
}
