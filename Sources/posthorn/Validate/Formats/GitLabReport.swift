import Platforms
import Schedule

/// Findings as GitLab shows them in a merge request.
///
/// - Source: docs.gitlab.com, *Code Quality*, the report format.
struct GitLabReport {
  let report: ValidateReport

  init(_ report: ValidateReport) { self.report = report }

  var text: String {
    JSON.array(
      report.diagnostics.map { diagnostic in
        [
          "description": .string("\(diagnostic.message) (\(diagnostic.hint))"),
          "check_name": .string(diagnostic.rule.rawValue), "fingerprint": .string(diagnostic.fingerprint),
          "severity": diagnostic.severity == .error ? "major" : "minor",
          "location": ["path": .string(diagnostic.path), "lines": ["begin": JSON(diagnostic.line), "end": JSON(diagnostic.endLine)]],
        ]
      }
    ).text()
  }
}

extension Diagnostic {
  /// The same for the same finding wherever it stands in its file, so that an edit above it makes no new one.
  var fingerprint: String { String(ContentDigest.sha256(Array("\(path)\n\(rule.rawValue)\n\(message)".utf8)).prefix(32)) }
}
