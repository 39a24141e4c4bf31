import Schedule

/// Findings as test results: a case for each finding, and one that passes where there is none.
///
/// - Source: the form that Jenkins and GitLab read; it has no standard.
struct JUnitReport {
  let report: ValidateReport

  init(_ report: ValidateReport) { self.report = report }

  var text: String {
    let cases = report.diagnostics.isEmpty ? [#"<testcase classname="posthorn" name="\#(Self.escaped(report.summary))"/>"#] : cases
    let counts = #"name="posthorn validate" tests="\#(cases.count)" failures="\#(report.errors)" errors="0" skipped="0""#
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites \(counts)>
        <testsuite \(counts)>
          \(cases.joined(separator: "\n    "))
        </testsuite>
      </testsuites>

      """
  }

  /// A warning passes, and says what it is in its output.
  private var cases: [String] {
    report.diagnostics.map { diagnostic in
      let name = "\(diagnostic.line):\(diagnostic.column) \(diagnostic.rule.rawValue)"
      let text = Self.escaped(DiagnosticReport().text(diagnostic, source: nil))
      let body =
        diagnostic.severity == .error
        ? #"<failure type="\#(diagnostic.rule.rawValue)" message="\#(Self.escaped(diagnostic.message.printable))">\#(text)</failure>"#
        : "<system-out>\(text)</system-out>"
      return #"<testcase classname="\#(Self.escaped(diagnostic.path.printable))" name="\#(name)">\#(body)</testcase>"#
    }
  }

  /// XML 1.0 has no character for some that a name may have, not even escaped (section 2.2).
  private static func escaped(_ text: String) -> String {
    let lacking = Set(
      text.unicodeScalars.filter { $0.value < 0x20 && !["\t", "\n", "\r"].contains($0) || $0 == "\u{FFFE}" || $0 == "\u{FFFF}" })
    var replacements: [Unicode.Scalar: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"]
    for scalar in lacking { replacements[scalar] = "\\u{\(String(scalar.value, radix: 16, uppercase: true))}" }
    return text.escaping(replacements)
  }
}
