import Schedule

extension RulePage {
  /// Prints the page of the rule that is called `id`.
  static func print(_ id: String) throws(Failure) {
    guard let rule = Rule(rawValue: id) else {
      let ids = Rule.allCases.map(\.rawValue)
      let question = Spelling.nearest(to: id, among: ids).map { "; did you mean \($0)?" } ?? ""
      throw .usage("no rule is called \"\(id)\"\(question) (rules are \(ids.joined(separator: ", ")))")
    }
    let page = rule.page
    Output.standard.write(
      """
      \(rule.rawValue): \(page.summary)

      \(page.text)

      Reported:

      \(indented(page.bad.description))

      Accepted:

      \(indented(page.good.description))

      """)
  }

  private static func indented(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.map { $0.isEmpty ? "" : "    " + $0.printable }.joined(separator: "\n").trimmed
  }
}

extension String {
  /// Without empty lines at its end.
  fileprivate var trimmed: String {
    var text = self
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }
}
