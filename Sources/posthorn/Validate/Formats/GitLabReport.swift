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
      zip(report.diagnostics, report.fingerprints).map { diagnostic, fingerprint in
        [
          "description": .string("\(diagnostic.message) (\(diagnostic.hint))"),
          "check_name": .string(diagnostic.rule.rawValue), "fingerprint": .string(fingerprint),
          "severity": diagnostic.severity == .error ? "major" : "minor",
          "location": ["path": .string(diagnostic.path), "lines": ["begin": JSON(diagnostic.line), "end": JSON(diagnostic.endLine)]],
        ]
      }
    ).text()
  }
}

extension ValidateReport {
  /// One for each finding, the same for the same finding wherever it stands in its file, so that an edit above it makes no new one; of several
  /// that say the same, in the order in which they stand.
  var fingerprints: [String] {
    var count: [String: Int] = [:]
    return diagnostics.map { diagnostic in
      let text = "\(diagnostic.path)\n\(diagnostic.rule.rawValue)\n\(diagnostic.message)"
      let number = count[text, default: 0]
      count[text] = number + 1
      return String(ContentDigest.sha256(Array((number == 0 ? text : "\(text)\n\(number)").utf8)).prefix(32))
    }
  }
}
