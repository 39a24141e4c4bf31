import Engine
import Foundation
import Git
import Platforms
import Schedule
import Support
import Testing

@Suite("The audit of a year")
struct AuditYearTests {
  @Test(
    "A year of posts, merges, refusals, doubts, moves, edits and cancellations has no violation, in one branch or in two",
    arguments: [false, true])
  func year(hasRecordBranch: Bool) async throws {
    let settings = "timezone: UTC\nretry: {delays: [5m]}\n" + (hasRecordBranch ? "record: {branch: records}\n" : "")
    let account = "platform: stage\nlimits: {spacing: 0s}\n"
    let stage = try Stage(["posthorn.yaml": settings, "accounts/acme.yaml": account, "accounts/second.yaml": account])
    for month in 0..<(hasRecordBranch ? 3 : 12) {
      try write(month, stage)
      try await stage.pass()
      for part in 0..<2 {
        switch (month + part) % 4 {
        case 0: stage.platform.answer(.failed(.busy), .published(Remote(id: "2", url: "https://example.com/2")), .failed(.busy))
        case 1: stage.platform.answer(.unknown(.lost), settle: [.unknown(.lost)])
        case 2: stage.platform.answer(.failed(.refused), .failed(.quota), .delivered(Remote(id: "3")))
        default: break
        }
        try await stage.pass(after: .seconds(86_400 * 15))
      }
    }
    let report = try stage.audit(records: hasRecordBranch ? "records" : nil)
    #expect(report.violations.isEmpty, "\(report.violations.prefix(5))")
    #expect(
      report.attempts > (hasRecordBranch ? 90 : 380) && report.statuses > report.attempts / 2, "\(report.attempts) in \(report.commits)")
    let outcomes = try Set(stage.records(hasRecordBranch ? "records" : "main").map(\.outcome))
    #expect(outcomes == [.published, .delivered, .retrying, .failed, .inDoubt, .cancelled, .missed])
  }

  /// What people merge in a month: thirty posts and a few changes of their minds.
  private func write(_ month: Int, _ stage: Stage) throws {
    let git = stage.repository.clone
    try git.git("pull", "-q", "--rebase", "origin", "main")
    try git.git("checkout", "-q", "-b", "month-\(month)")
    let start = stage.time.now
    var files: [String: String?] = [:]
    for day in 0..<29 {
      files["schedule/posts/\(month)/p\(month)-\(day).yaml"] = Self.post(start + .seconds(Int64(day) * 86_400 + 3600), day)
    }
    files["schedule/posts/next/n\(month).yaml"] = Self.post(start + .seconds(86_400 * 45), 1, "id: next\(month)")
    files["schedule/posts/\(month)/late.yaml"] = Self.post(start + .seconds(60), 2, "grace: 1m", "id: late\(month)")
    try git.commit(files, message: "Posts of month \(month)")
    guard month > 0 else { return try merge(month, git) }
    let before = month - 1
    // Moved, edited after it went out, removed before it went out, robbed of its id and its time, and armed again.
    try git.git("mv", "schedule/posts/\(before)/p\(before)-3.yaml", "schedule/posts/next/p\(before)-3.yaml")
    try git.commit(
      [
        "schedule/posts/\(before)/p\(before)-4.yaml": Self.post(start, 4, "title: Edited"),
        "schedule/posts/next/n\(before).yaml": month.isMultiple(of: 2) ? nil : "accounts: [acme]\nscheduled_time: nonsense\n",
        "schedule/posts/\(before)/late.yaml": Self.post(start + .seconds(86_400), 2, "id: late\(before)"),
      ], message: "Second thoughts")
    if month > 2 { try git.commit(["schedule/posts/next/n\(month - 2).yaml": nil].filter { git.has($0.key) }, message: "Tidy up") }
    try merge(month, git)
  }

  private func merge(_ month: Int, _ git: GitClient) throws {
    try git.git("checkout", "-q", "main")
    try git.git("merge", "-q", "--no-ff", "-m", "Merge month \(month)", "month-\(month)")
    try git.git("push", "-q", "origin", "main")
  }

  private static func post(_ instant: Instant, _ day: Int, _ more: String...) -> String {
    let time = String(instant.description.prefix(19))
    let zone = day.isMultiple(of: 3) ? [] : ["timezone: UTC"]
    let grace = more.contains { $0.hasPrefix("grace") } ? [] : ["grace: 20d"]
    let accounts = "accounts: [acme\(day.isMultiple(of: 5) ? ", second" : "")]"
    return (["scheduled_time: \(time)", accounts, "caption: Day \(day)."] + zone + grace + more).joined(separator: "\n") + "\n"
  }
}

extension DeliveryError {
  fileprivate static let refused = DeliveryError(.content, code: "no", message: "no")
  fileprivate static let quota = DeliveryError(.quota, code: "http.429", message: "slow down", retryAfter: .seconds(120))
}

extension GitClient {
  fileprivate func has(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(file)") }
}

extension Stage {
  func audit(records: String?) throws -> Audit.Report {
    let tip = try #require(ObjectID(hex: try repository.upstream.git("rev-parse", "main")))
    let records = try records.map { try #require(ObjectID(hex: try repository.upstream.git("rev-parse", $0))) }
    return try Audit(
      of: repository.upstream.path, tip: tip, records: records.map { [("records", $0)] } ?? [], folder: "schedule", since: nil,
      zones: Self.zones
    ).run()
  }

  func records(_ branch: String) throws -> [HistoryRecord] {
    try repository.files(under: "history/", on: branch).values.map { try HistoryRecord(json: try JSON.parse(Array($0.utf8))) }
  }
}
