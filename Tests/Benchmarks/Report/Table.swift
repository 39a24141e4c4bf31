/// Rows as aligned text.
enum Table {
  static func text(_ report: RowReport) -> String {
    var text = "\n\(report.name)  \(report.title)\n"
    guard report.failures.isEmpty else {
      return text + report.failures.prefix(10).map { "  FAILED: \($0)\n" }.joined()
    }
    var lines = [["", "posthorn", "peer", "ratio", "to reach", ""]]
    for figure in report.figures { lines.append(cells(figure)) }
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    for line in lines {
      let cells = zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      text += trimmed("  " + cells.joined(separator: "  ")) + "\n"
    }
    return text
  }

  private static func cells(_ figure: Figure) -> [String] {
    let (target, verdict) =
      switch figure.target {
      case nil: ("", "")
      case .atMost(let limit): ("<= " + Amount.text(limit, figure.unit), figure.isReached == true ? "reached" : "missed")
      case .atLeast(let limit): (">= " + Amount.text(limit, figure.unit), figure.isReached == true ? "reached" : "missed")
      }
    return [
      figure.what, Amount.text(figure.ours, figure.unit), figure.peer.map { Amount.text($0, figure.unit) } ?? "-",
      figure.ratio.map { Amount.digits($0) + "x" } ?? "", target, verdict,
    ]
  }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }
}
