import Schedule

/// Findings as workflow commands of GitHub Actions, which show them beside the lines of a pull request.
///
/// GitHub shows ten annotations of a severity and step and drops the rest without a word; those are printed as lines of the log instead, and
/// counted. Source: docs.github.com, *Workflow commands for GitHub Actions*.
struct GitHubReport {
  let report: ValidateReport

  init(_ report: ValidateReport) { self.report = report }

  var text: String {
    var text = ""
    var count: [Diagnostic.Severity: Int] = [:]
    for diagnostic in report.diagnostics {
      let number = count[diagnostic.severity, default: 0] + 1
      count[diagnostic.severity] = number
      text += number <= Self.shown ? Self.annotation(diagnostic) : DiagnosticReport().text(diagnostic, source: nil)
    }
    for severity in [Diagnostic.Severity.error, .warning] {
      let more = (count[severity] ?? 0) - Self.shown
      if more > 0 { text += "::notice title=posthorn::\(more) more \(severity.rawValue)\(more == 1 ? "" : "s"), in the log of this step\n" }
    }
    return text + report.summary + "\n"
  }

  private static func annotation(_ diagnostic: Diagnostic) -> String {
    var place = ["file=\(property(diagnostic.path))", "line=\(diagnostic.line)", "endLine=\(max(diagnostic.line, diagnostic.endLine))"]
    // Columns are only for a place on one line.
    if diagnostic.line == diagnostic.endLine { place += ["col=\(diagnostic.column)", "endColumn=\(diagnostic.endColumn)"] }
    return "::\(diagnostic.severity.rawValue) \(place.joined(separator: ",")),title=\(property(diagnostic.rule.rawValue))"
      + "::\(value("\(diagnostic.message.printable)\n\(diagnostic.hint.printable)"))\n"
  }

  private static func value(_ text: String) -> String {
    text.escaping(["%": "%25", "\r": "%0D", "\n": "%0A"])
  }

  private static func property(_ text: String) -> String {
    value(text.printable).escaping([":": "%3A", ",": "%2C"])
  }

  private static let shown = 10
}
