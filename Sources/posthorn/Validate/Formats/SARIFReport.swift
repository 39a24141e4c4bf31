import Schedule

/// Findings as code scanning reads them.
///
/// - Source: SARIF 2.1.0 (OASIS), sections 3.14 to 3.28. Columns count Unicode code points from 1, as ours do.
struct SARIFReport {
  let report: ValidateReport

  init(_ report: ValidateReport) { self.report = report }

  var text: String { json.text() }

  private var json: JSON {
    let rules = Set(report.diagnostics.map(\.rule)).sorted { $0.rawValue < $1.rawValue }
    let indices = Dictionary(uniqueKeysWithValues: zip(rules, rules.indices))
    return [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
      "runs": [
        [
          "tool": ["driver": ["name": "posthorn", "version": .string(Posthorn.version), "rules": .array(rules.map(Self.rule))]],
          "columnKind": "unicodeCodePoints",
          "results": .array(
            zip(report.diagnostics, report.fingerprints).map { Self.result($0, $1, ruleIndex: indices[$0.rule] ?? 0) }),
        ]
      ],
    ]
  }

  private static func rule(_ rule: Rule) -> JSON {
    let page = rule.page
    return [
      "id": .string(rule.rawValue), "shortDescription": ["text": .string(page.summary)],
      "help": ["text": .string("\(page.text)\n\nReported:\n\n\(page.bad)\nAccepted:\n\n\(page.good)")],
      "defaultConfiguration": ["level": .string(rule.severity.rawValue)],
    ]
  }

  private static func result(_ diagnostic: Diagnostic, _ fingerprint: String, ruleIndex: Int) -> JSON {
    return [
      "ruleId": .string(diagnostic.rule.rawValue), "ruleIndex": JSON(ruleIndex), "level": .string(diagnostic.severity.rawValue),
      "message": ["text": .string("\(diagnostic.message) (\(diagnostic.hint))")],
      "locations": [
        [
          "physicalLocation": [
            "artifactLocation": ["uri": .string(uri(diagnostic.path)), "uriBaseId": "%SRCROOT%"],
            "region": [
              "startLine": JSON(diagnostic.line), "startColumn": JSON(diagnostic.column), "endLine": JSON(diagnostic.endLine),
              "endColumn": JSON(diagnostic.endColumn),
            ],
          ]
        ]
      ],
      "partialFingerprints": ["posthorn/v1": .string(fingerprint)],
    ]
  }

  /// A path as a relative reference. Source: RFC 3986, 3.3.
  private static func uri(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return path.utf8.map { byte in
      let scalar = Unicode.Scalar(byte)
      let isPlain =
        byte < 0x80 && (scalar.properties.isAlphabetic || (0x30...0x39).contains(byte) || "-._~/".unicodeScalars.contains(scalar))
      return isPlain ? String(scalar) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }.joined()
  }
}
