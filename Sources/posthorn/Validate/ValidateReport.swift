import ArgumentParser
import Schedule

/// From which severity on findings end `validate` with 1.
enum FailOn: String, ExpressibleByArgument, CaseIterable {
  case error, warning
}

/// What `validate` prints.
struct ValidateReport {
  var diagnostics: [Diagnostic]
  var posts: Int
  var accounts: Int

  var errors: Int { diagnostics.count { $0.severity == .error } }
  var warnings: Int { diagnostics.count - errors }

  func status(_ failOn: FailOn) -> ExitStatus {
    switch failOn {
    case .error: errors > 0 ? .findings : .fine
    case .warning: diagnostics.isEmpty ? .fine : .findings
    }
  }

  var json: String { JSON.array(diagnostics.map(\.json)).text() }

  /// Every finding with its source line, and a summary.
  func text(_ color: DiagnosticReport.Color, source: (String) -> [UInt8]?) -> String {
    let report = DiagnosticReport(color)
    var text = ""
    var last: (path: String, bytes: [UInt8]?)?
    for diagnostic in diagnostics {
      // They are sorted by place: each file is read once more and then forgotten.
      if last?.path != diagnostic.path { last = (diagnostic.path, source(diagnostic.path)) }
      text += report.text(diagnostic, source: last?.bytes)
    }
    return text + summary + "\n"
  }

  var summary: String {
    let read = "\(counted(posts, "post")), \(counted(accounts, "account"))"
    guard !diagnostics.isEmpty else { return "\(read): nothing to report" }
    let found = [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }.map { counted($0.0, $0.1) }
    return "\(read): \(found.joined(separator: ", "))"
  }
}

private func counted(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
