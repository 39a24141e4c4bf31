import Schedule
import Testing

@Suite("The rules of audit")
struct AuditRuleTests {
  @Test("A rule has its id from plain words, a page of its own that fits a terminal, and says what to do", arguments: AuditRule.allCases)
  func page(rule: AuditRule) {
    let parts = rule.rawValue.split(separator: ".")
    #expect(parts.count == 2 && parts.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "-" } })
    let page = rule.page
    #expect(!page.summary.isEmpty && page.summary.count <= 90 && page.text.hasSuffix(".") && rule.advice.count > 30)
    let same = AuditRule.allCases.filter { $0.page.summary == page.summary || $0.page.text == page.text }
    #expect(same == [rule], "a rule without a page has that of another one")
  }
}
