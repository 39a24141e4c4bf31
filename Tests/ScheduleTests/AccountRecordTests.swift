import Schedule
import Testing

@Suite("What the last account sync saw")
struct AccountRecordTests {
  static func full() throws -> AccountRecord {
    AccountRecord(
      account: try #require(AccountName("acme")), platform: "tiktok", syncedAt: try instant("2026-11-24T08:00:00Z"),
      profile: .init(username: "acme", displayName: "Acme 🎺", id: "open-1"),
      counts: .init(followers: 1200, following: 3, likes: nil, videos: 0),
      creator: .init(
        privacyLevelOptions: ["PUBLIC_TO_EVERYONE", "SELF_ONLY"], commentDisabled: true, duetDisabled: false, stitchDisabled: true,
        longestVideo: .seconds(300)),
      token: .init(
        expiresAt: try instant("2026-11-25T08:00:00Z"), refreshExpiresAt: try instant("2027-11-24T08:00:00Z"),
        scopes: ["user.info.basic", "video.publish"]),
      error: DeliveryError(.quota, code: "spam_risk_too_many_posts", message: "the creator has posted enough for today"))
  }

  static func least() throws -> AccountRecord {
    AccountRecord(account: try #require(AccountName("acme")), platform: "tiktok", syncedAt: nil)
  }

  @Test("Its file has every field of the format, sorted, and reads back as it was written")
  func written() throws {
    #expect(try String(decoding: Self.full().bytes(), as: UTF8.self) == RecordExamples.golden("account-full.json"))
    #expect(try String(decoding: Self.least().bytes(), as: UTF8.self) == RecordExamples.golden("account-least.json"))
    for record in [try Self.full(), try Self.least()] { #expect(try AccountRecord(json: JSON.parse(record.bytes())) == record) }
    #expect(AccountRecord.file(of: try Self.full().account) == "status/accounts/acme.json")
  }

  @Test(
    "A field of the wrong kind is named",
    arguments: [
      ("counts", ["likes": "many"], "counts.likes\" is not a whole number"), ("profile", .null, "profile\" is missing"),
      ("creator", ["max_video_post_duration_sec": -1], "creator.max_video_post_duration_sec\" is not a number of seconds up to 31536000"),
      ("creator", ["privacy_level_options": ["x", 1]], "creator.privacy_level_options\" is not a list of texts"),
      ("creator", ["privacy_level_options": [], "comment_disabled": "no"], "creator.comment_disabled\" is not true or false"),
      ("token", ["expires_at": "soon"], "token.expires_at\" is not a time such as 2026-11-27T14:00:00.000Z"),
      ("schema", 2, "schema\" is 2, and this version of posthorn reads 1; install a newer posthorn"),
    ] as [(String, JSON, String)])
  func damaged(key: String, value: JSON, reason: String) throws {
    var fields = try #require(Self.full().json.object)
    fields[key] = value
    do {
      _ = try AccountRecord(json: .object(fields))
      Issue.record("it was read")
    } catch { #expect("\(error)" == "the record's \"\(reason)") }
  }
}
