/// Rows as aligned text.
enum Table {
  static func text(_ report: RowReport) -> String {
    var text = "\n\(report.name)  \(report.title)\n" + report.facts.map { "    \($0)\n" }.joined()
    guard report.failures.isEmpty else {
      return text + report.failures.prefix(10).map { "  FAILED: \($0)\n" }.joined()
    }
    var lines = [["", "posthorn", "peer", "ratio", "to reach", ""]]
    for figure in report.figures {
      lines.append(cells(figure))
      lines += figure.peers.dropFirst().map { ["", "", peer($0, figure), Amount.digits(figure.ratio(to: $0)) + "x", "", ""] }
    }
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
    let best = figure.peers.first
    return [
      figure.title, Amount.text(figure.ours, figure.unit), best.map { peer($0, figure) } ?? "-",
      best.map { Amount.digits(figure.ratio(to: $0)) + "x" } ?? "", target, verdict,
    ]
  }

  private static func peer(_ peer: Figure.Peer, _ figure: Figure) -> String { Amount.text(peer.values, figure.unit) + " " + peer.name }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }
}
