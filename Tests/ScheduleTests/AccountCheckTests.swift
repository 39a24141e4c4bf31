import Schedule
import Testing

@Suite("What the last sync of an account forbids")
struct AccountCheckTests {
  private func report(_ options: String, _ media: String = "path: media/teaser.mp4", record: AccountRecord?) -> [String] {
    var diagnostics: [Diagnostic] = []
    let catalog = Sample.catalog(record: { _ in record }, diagnostics: &diagnostics)
    var reader = ContentReader()
    let post = """
      scheduled_time: 2026-11-27T09:00
      timezone: UTC
      accounts: [acme-tiktok]
      options: {tiktok: {\(options)}}
      media: [{\(media)}]

      """
    return catalog.read(Array(post.utf8), at: "schedule/posts/a.yaml", with: &reader, newAt: Sample.now).diagnostics
      .map { "\($0.line):\($0.column) \($0.severity == .error ? "" : "warning ")\($0.rule.rawValue): \($0.message)" }
  }

  private func record(_ change: (inout AccountRecord) -> Void = { _ in }) throws -> AccountRecord {
    var record = AccountRecord(
      account: try #require(AccountName("acme-tiktok")), platform: "tiktok", syncedAt: try instant("2026-10-31T08:00:00Z"),
      creator: .init(privacyLevelOptions: ["SELF_ONLY"], longestVideo: .seconds(10)), token: .init(scopes: ["video.publish"]))
    change(&record)
    return record
  }

  @Test("A post that it allows is fine")
  func allowed() throws { #expect(report("privacy_level: SELF_ONLY", record: try record()) == []) }

  @Test("A privacy level that the account could not choose is an error, wherever it was given")
  func privacy() throws {
    #expect(
      report("privacy_level: PUBLIC_TO_EVERYONE", record: try record()) == [
        "4:35 account.privacy: account acme-tiktok could not choose privacy_level: PUBLIC_TO_EVERYONE when it was last synced, "
          + "on 2026-10-31, only SELF_ONLY"
      ])
  }

  @Test("What is off for the whole account is a warning, unless the post says so itself")
  func interactions() throws {
    let record = try record { $0.creator?.commentDisabled = true }
    #expect(
      report("privacy_level: SELF_ONLY", record: record) == [
        "3:12 warning account.interaction: commenting was off for all that account acme-tiktok publishes when it was last synced, "
          + "on 2026-10-31, so it will be off here"
      ])
    #expect(report("privacy_level: SELF_ONLY, disable_comment: true", record: record) == [])
    #expect(report("privacy_level: SELF_ONLY, disable_comment: false", record: record).map { $0.prefix(5) } == ["4:63 "])
  }

  @Test("A film that is longer than the account may publish is an error; one whose length nobody knows is not")
  func duration() throws {
    let record = try record { $0.creator?.longestVideo = .seconds(9) }
    #expect(
      report("privacy_level: SELF_ONLY", record: record) == [
        "5:9 account.duration: \"media/teaser.mp4\" lasts 10s, and account acme-tiktok could publish at most 9s when it was last synced, "
          + "on 2026-10-31"
      ])
    #expect(report("privacy_level: SELF_ONLY", "path: media/long.mp4", record: record) == [])
  }

  @Test("A login without the scope that the mode needs is an error")
  func scope() throws {
    let record = try record { $0.token?.scopes = ["video.upload"] }
    #expect(
      report("privacy_level: SELF_ONLY", record: record) == [
        "3:12 account.scope: the login of account acme-tiktok was not granted video.publish, which mode: direct needs"
      ])
    #expect(report("mode: inbox, note: x, privacy_level: SELF_ONLY", record: record) == [])
  }

  @Test("What it does not say forbids nothing, and neither does one that is of something else or never succeeded")
  func silent() throws {
    let options = "privacy_level: PUBLIC_TO_EVERYONE"
    #expect(report(options, record: nil) == [])
    #expect(report(options, record: try record { $0.syncedAt = nil }) == [])
    #expect(report(options, record: try record { $0.platform = "webhook" }) == [])
    #expect(report(options, record: try record { $0.creator = nil }) == [])
    #expect(report(options, record: try record { $0.creator?.privacyLevelOptions = [] }) == [])
    let silent = try record {
      $0.token = nil
      $0.creator?.longestVideo = nil
    }
    #expect(report("privacy_level: SELF_ONLY", record: silent) == [])
    #expect(report("privacy_level: SELF_ONLY", record: try record { $0.token?.scopes = [] }) == [], "a token that somebody pasted")
    #expect(report("privacy_level: SELF_ONLY", record: try record { $0.creator?.longestVideo = .zero }) == [])
    let other = try #require(AccountName("other"))
    #expect(report(options, record: try record { $0.account = other }) == [])
  }
}
