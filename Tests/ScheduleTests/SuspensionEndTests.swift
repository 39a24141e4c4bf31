import Schedule
import Testing

@Suite("A suspension that outlasts its post")
struct SuspensionEndTests {
  private func found(_ lines: String, account: String = "", at time: String = "2026-11-27T09:00") -> [Diagnostic] {
    let accounts = [ContentFile(path: "schedule/accounts/acme.yaml", "platform: outbox\n" + account)]
    return Sample.read("scheduled_time: \(time)\ntimezone: America/New_York\naccounts: [acme]\n" + lines, accounts: accounts).diagnostics
  }

  @Test(
    "A suspension that ends when the grace does, or later, is warned of with both times",
    arguments: [
      ("suspend: {until: 2026-11-27T12:00}\n", "", true), ("suspend: {until: 2026-11-27T10:00}\n", "", true),
      ("suspend: {until: 2026-11-27T09:59}\n", "", false), ("suspend: {until: 2026-11-27T12:00}\ngrace: 4h\n", "", false),
      ("suspend: true\n", "", false), ("suspend: {reason: legal}\n", "", false),
      ("", "suspend: {until: 2026-11-27T12:00}\ntimezone: America/New_York\n", true),
      ("", "suspend: {until: 2026-11-27T08:00}\ntimezone: America/New_York\n", false),
      ("", "suspend: {until: 2026-11-27T16:00}\ntimezone: Europe/Berlin\n", true),
      ("suspend: {until: 2026-11-27T08:00}\n", "suspend: {until: 2026-11-27T12:00}\ntimezone: America/New_York\n", true),
      ("suspend: {until: 2026-11-27T12:00}\n", "suspend: true\n", false),
    ])
  func warned(lines: String, account: String, isWarned: Bool) {
    let found = found(lines, account: account)
    #expect(found.map(\.rule) == (isWarned ? [.suspendMissed] : []))
    guard let warning = found.first else { return }
    #expect(warning.message.contains("ends at 2026-11-27T10:00 in America/New_York: it will be missed"), "\(warning.message)")
    #expect(warning.severity == .warning && warning.line == (lines.contains("12:00") || lines.contains("10:00") ? 4 : 3))
    #expect(account.isEmpty || lines.contains("12:00") || warning.message.contains("account acme is suspended until"))
  }

  @Test("One that is over is not told")
  func over() { #expect(found("suspend: {until: 2026-10-20T12:00}\n", at: "2026-10-20T09:00").map(\.rule) == [.timePast]) }

  @Test("The hold says so too, in plan and status")
  func hold() throws {
    let reading = Sample.read(
      "scheduled_time: 2026-11-27T09:00\ntimezone: America/New_York\naccounts: [acme]\nsuspend: {reason: legal, until: 2026-11-27T12:00}\n")
    let post = try #require(PlannedPost(reading, digest: "1"))
    let account = try #require(AccountName("acme"))
    #expect(
      post.hold(of: account, now: Sample.now)
        == "suspended until 2026-11-27T17:00:00.000Z: legal; its grace ends at 2026-11-27T15:00:00.000Z, so it will be missed")
  }
}
