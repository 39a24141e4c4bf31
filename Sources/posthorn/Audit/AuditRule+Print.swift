import Schedule

extension AuditRule {
  /// Prints the page of the rule that is called `id`.
  static func print(_ id: String) throws(Failure) {
    guard let rule = AuditRule(rawValue: id) else {
      let ids = AuditRule.allCases.map(\.rawValue)
      let question = Spelling.nearest(to: id, among: ids).map { "; did you mean \($0)?" } ?? ""
      throw .usage("no rule of audit is called \"\(id)\"\(question) (rules are \(ids.joined(separator: ", ")))")
    }
    let (page, width) = (rule.page, min(max(Output.standard.width, 40), 100))
    Output.standard.write(
      """
      \(rule.rawValue): \(page.summary)

      \(page.text.wrapped(toWidth: width).joined(separator: "\n"))

      To do:

      \(rule.advice.wrapped(toWidth: width - 4).map { "    \($0)" }.joined(separator: "\n"))

      """)
  }
}
