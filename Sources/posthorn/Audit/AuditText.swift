import Engine
import Git
import Schedule

/// What `audit` prints.
struct AuditText {
  let report: Audit.Report
  let branch: String

  func json(at commit: ObjectID) -> String {
    let json: JSON = [
      "commit": .string(commit.hex), "commits": JSON(report.commits), "attempts": JSON(report.attempts), "statuses": JSON(report.statuses),
      "missing_branches": .array(report.missingBranches.map(JSON.string)), "violations": .array(report.violations.map(\.json)),
      "keys": .array(report.keys.map(\.json)),
    ]
    return json.text()
  }

  /// Each violation with its commit and file, what was expected and what is there, and what to do; then what was looked at.
  func text(_ color: DiagnosticReport.Color) -> String {
    report.violations.map { text($0, color) }.joined() + report.keys.dropFirst().map(text).joined() + summary + "\n"
  }

  private func text(_ violation: Violation, _ color: DiagnosticReport.Color) -> String {
    let objection = violation.objection
    let branch = violation.branch.map { " on branch \($0.printable)" } ?? ""
    var text = "\(Ink.bold.paint(String(violation.commit.prefix(12)), color)) \(violation.path?.printable ?? "")\(branch)\n"
    text += "  \(Ink.red.paint(objection.rule.rawValue, color)): \(objection.message.printable)\n"
    if let expected = objection.expected { text += "    expected  \(expected.printable)\n" }
    if let found = objection.found { text += "    found     \(found.printable)\n" }
    return text + "    to do     \(violation.advice.printable)\n"
  }

  /// Who vouches for a key that came after the first one.
  private func text(_ key: KeyRecord) -> String {
    let voucher =
      key.signedBy.map { "vouched for by \($0.key.prefix(8))" } ?? key.saidBy.map { "vouched for by \($0.printable)" }
      ?? "vouched for by nobody"
    return "key \(key.id.prefix(8)) of \(key.host.printable) since \(key.since): \(voucher)\n"
  }

  private var summary: String {
    let looked = [count(report.commits, "commit"), count(report.attempts, "attempt"), count(report.statuses, "status file")]
    let found = report.violations.isEmpty ? "nothing is wrong" : count(report.violations.count, "violation")
    let missing = report.missingBranches.map {
      "; the settings named branch \($0.printable) for records, which is not here: git fetch, or what it told is lost"
    }
    return "\(found) in \(looked.joined(separator: ", ")) of \(branch)" + missing.joined()
  }

  private func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
}
