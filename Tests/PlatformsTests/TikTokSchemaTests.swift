import Foundation
import Schedule
import Testing

@testable import Platforms

@Suite("What TikTok takes")
struct TikTokSchemaTests {
  /// What is found in a post to one account, as the places in the post and the rules.
  private func report(
    _ options: String = "privacy_level: SELF_ONLY", _ media: String = "path: media/a.mp4", _ lines: String = "", account: String = ""
  ) -> [String] {
    let zones = Zones(version: "test", names: ["UTC"]) { name in
      FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)").map(Array.init)
    }
    var diagnostics: [Diagnostic] = []
    let catalog = Catalog(
      settings: nil, accounts: [.init(path: "schedule/accounts/acme.yaml", bytes: Array("platform: tiktok\n\(account)\n".utf8))],
      zones: zones, platforms: [.tiktok], diagnostics: &diagnostics)
    var reader = ContentReader()
    let post = """
      scheduled_time: 2026-11-27T09:00
      timezone: UTC
      accounts: [acme]
      media: [\(media.split(separator: " & ").map { "{\($0)}" }.joined(separator: ", "))]
      options: {tiktok: {\(options)}}
      \(lines)

      """
    diagnostics += catalog.read(Array(post.utf8), at: "schedule/posts/a.yaml", with: &reader).diagnostics
    return diagnostics.map { "\($0.severity == .error ? "" : "warning ")\($0.rule.rawValue): \($0.message)" }
  }

  private static let photo = "url: https://a.example/1.jpg"
  private static let photos = Array(repeating: photo, count: 2).joined(separator: " & ")

  @Test(
    "A video or pictures by url are fine, anything else is not",
    arguments: [
      ("path: media/a.mp4", nil), ("path: media/a.mov", nil), ("url: \"https://a.example/a.webm?b=c\"", nil), (photos, nil),
      ("url: https://a.example/1.webp", nil), ("url: https://a.example/1.png", "media.type"), ("path: media/a.jpg", "media.source"),
      ("path: media/a.gif", "media.type"), ("path: media/a.mp4 & path: media/b.mp4", "media.count"),
      ("\(photo) & path: media/a.mp4", "media.type"), (Array(repeating: photo, count: 36).joined(separator: " & "), "media.count"),
      ("", "media.count"),
    ] as [(String, String?)])
  func media(media: String, rule: String?) {
    let found = report("privacy_level: SELF_ONLY", media)
    #expect(Set(found.compactMap { $0.split(separator: ":").first.map(String.init) }).contains(rule ?? "") == (rule != nil), "\(found)")
    #expect(rule != nil || found == [])
  }

  @Test(
    "Titles and captions are counted in UTF-16",
    arguments: [
      ("path: media/a.mp4", "caption", 2200), (photos, "caption", 4000), (photos, "title", 90),
    ])
  func texts(media: String, field: String, most: Int) {
    let text = String(repeating: "🎺", count: most / 2)
    #expect(report("privacy_level: SELF_ONLY", media, "\(field): \(text)") == [])
    #expect(report("privacy_level: SELF_ONLY", media, "\(field): \(text)x").map { $0.prefix(12) } == ["text.length:"])
  }

  @Test("Who sees a post that is published directly is chosen by a person, in the post or in the account's defaults")
  func privacy() {
    #expect(report("").map { $0.prefix(15) } == ["option.missing:"])
    #expect(report("", account: "defaults: {privacy_level: SELF_ONLY}") == [])
    #expect(report("mode: inbox") == [])
    #expect(report("privacy_level: EVERYONE").map { $0.prefix(13) } == ["value.choice:"])
  }

  @Test("Through an app that TikTok has not audited, posts are for the creator alone; the account's file says that it has")
  func audited() {
    for level in ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR"] {
      #expect(
        report("privacy_level: \(level)") == [
          "option.conflict: tiktok does not take privacy_level: \(level) with audited: false, mode: direct"
        ])
      #expect(report("privacy_level: \(level)", account: "audited: true") == [])
    }
    #expect(report("privacy_level: SELF_ONLY") == [])
  }

  @Test("A paid partnership cannot be for the creator alone")
  func brand() {
    #expect(report("privacy_level: SELF_ONLY, brand_content: true").map { $0.prefix(16) } == ["option.conflict:"])
    #expect(report("privacy_level: PUBLIC_TO_EVERYONE, brand_content: true", account: "audited: true") == [])
    #expect(report("privacy_level: SELF_ONLY, brand_organic: true, ai_generated: true") == [])
  }

  @Test(
    "What has no effect is a warning",
    arguments: [
      ("privacy_level: SELF_ONLY, disable_duet: true", photos, "", 1), ("privacy_level: SELF_ONLY, disable_stitch: false", photos, "", 1),
      ("privacy_level: SELF_ONLY, cover_at: 2s", photos, "", 1), ("privacy_level: SELF_ONLY, auto_add_music: true", photos, "", 0),
      ("privacy_level: SELF_ONLY, auto_add_music: true, cover_index: 0", "path: media/a.mp4", "", 2),
      ("mode: inbox, privacy_level: SELF_ONLY, ai_generated: true", "path: media/a.mp4", "", 2),
      ("mode: inbox, ai_generated: true, cover_index: 1", photos, "caption: Doors\ntitle: Doors", 0),
      ("mode: inbox, disable_comment: true, brand_organic: true", photos, "", 2),
      ("mode: inbox", "path: media/a.mp4", "caption: Doors", 1),
    ])
  func unused(options: String, media: String, lines: String, count: Int) {
    let found = report(options, media, lines)
    #expect(found.count == count && found.allSatisfy { $0.contains(".unused: ") && $0.hasPrefix("warning ") }, "\(found)")
  }

  @Test("A video has sides of 360 to 4096 pixels, 23 to 60 frames a second, ten minutes at most, and one of four codecs")
  func film() throws {
    let limits = try #require(PlatformSchema.tiktok.form(of: [.mp4])?.media)
    #expect(limits.sides == 360...4096 && limits.bytes == 4_000_000_000)
    #expect(limits.film == .init(atMost: .seconds(600), frameRates: 23...60, codecs: [.h264, .h265, .vp8, .vp9]))
  }

  @Test("The cover of a photo post is one of its pictures")
  func cover() {
    #expect(report("privacy_level: SELF_ONLY, cover_index: 1", Self.photos) == [])
    #expect(
      report("privacy_level: SELF_ONLY, cover_index: 2", Self.photos)
        == ["value.range: cover_index is 2, and the media on account acme are numbered from 0 to 1"])
  }

  @Test(
    "What validate takes for a video or for pictures is published as that",
    arguments: [
      (["1.jpg"], "a photo post"), (["1"], "a video"), (["1", "2"], "a photo post"), (["1", "2.webp"], "a photo post"),
      (["1.mov"], "a video"),
    ])
  func agreement(names: [String], form: String) throws {
    let urls = names.map { "https://a.example/\($0)" }
    var publication = try sample("tiktok")
    (publication.media, publication.options) = (urls.map { Media(source: .url($0)) }, ["privacy_level": .text("SELF_ONLY")])
    #expect(PlatformSchema.tiktok.form(of: names.map { MediaType(name: $0[...]) })?.name == form)
    #expect(try TikTokPost(publication).content == (form == "a video" ? .video(url: urls[0]) : .photos(urls)))
  }

  @Test("An account without limits of its own has those of TikTok")
  func limits() {
    #expect(PlatformSchema.tiktok.limits == .init(perMinute: 6, perDay: 15, concurrent: 1))
  }
}
