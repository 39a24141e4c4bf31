import Schedule
import Support
import Testing

@Suite("What a platform takes")
struct PlatformCheckTests {
  private func report(_ lines: String, accounts: String = "acme-tiktok", options: String = "privacy_level: SELF_ONLY") -> [String] {
    let text = """
      scheduled_time: 2026-11-27T09:00
      timezone: UTC
      accounts: [\(accounts)]
      options: {tiktok: {\(options)}}
      \(lines)

      """
    return Sample.read(text).diagnostics.map { "\($0.line):\($0.column) \($0.rule.rawValue): \($0.message)" }
  }

  @Test(
    "A text is counted in the platform's unit",
    arguments: [
      (TextLimit.Unit.characters, "e\u{301}👩\u{200D}🎤!", 3), (.utf16, "e\u{301}👩\u{200D}🎤!", 8), (.bytes, "é🎺", 6),
      (.charactersWithLinks(of: 23), "see https://a.example/a/very/long/address/of/some/page now", 4 + 23 + 4),
      (.charactersWithLinks(of: 23), "http://a.b https://c.d", 23 + 1 + 23),
    ])
  func units(unit: TextLimit.Unit, text: String, length: Int) {
    let schema = PlatformSchema(
      name: "tiny", options: [], parameters: [], forms: [ContentForm("a text", texts: [TextLimit(.title, atMost: length, unit)])])
    let short = PlatformSchema(
      name: "tiny", options: [], parameters: [], forms: [ContentForm("a text", texts: [TextLimit(.title, atMost: length - 1, unit)])])
    for (schema, count) in [(schema, 0), (short, 1)] {
      var diagnostics: [Diagnostic] = []
      let catalog = Catalog(
        settings: nil, accounts: [ContentFile(path: "schedule/accounts/a.yaml", "platform: tiny\n")], zones: SystemTime.zones,
        platforms: [schema], diagnostics: &diagnostics)
      var reader = ContentReader()
      let post = "scheduled_time: 2026-11-27T09:00\ntimezone: UTC\naccounts: [a]\ntitle: \(JSON.string(text).compactText())\n"
      diagnostics += catalog.read(Array(post.utf8), at: "p.yaml", with: &reader).diagnostics
      #expect(diagnostics.map(\.rule) == Array(repeating: .textLength, count: count))
      #expect(diagnostics.allSatisfy { $0.message.contains("title has \(length),") && $0.hint.hasPrefix("shorten it by 1,") })
    }
  }

  @Test("The limits are those of what the post is on that account: a film, a row of pictures, a text")
  func forms() {
    let long = String(repeating: "x", count: 91)
    #expect(report("title: \(long)") == [])
    #expect(report("title: \(long)\nmedia: [{path: media/teaser.mp4}]") == [])
    #expect(report("title: \(long)\nmedia: [{url: https://a.example/b.jpg}]").map { $0.prefix(16) } == ["5:8 text.length:"])
    #expect(report("title: \(long)\nmedia: [{url: https://a.example/b}]") == [])
    // Another account takes anything.
    #expect(report("title: \(long)\nmedia: [{url: https://a.example/b.png}]", accounts: "acme", options: "").count == 1)
  }

  @Test("What an override says counts for its account, and is pointed at")
  func overrides() {
    let long = String(repeating: "x", count: 2201)
    #expect(report("caption: \(long)\noverrides: {acme-tiktok: {caption: short}}") == [])
    #expect(
      report("caption: short\noverrides:\n  acme-tiktok:\n    caption: \(long)") == [
        "8:14 text.length: overrides.acme-tiktok.caption has 2201, and a text on tiktok takes at most 2200 UTF-16 units, "
          + "of which an emoji has two or more"
      ])
    #expect(report("overrides:\n  acme-tiktok:\n    media: [{url: https://a.example/b.png}]").map { $0.prefix(16) } == ["7:13 media.type:"])
  }

  @Test(
    "Media are held against the types, the number, the size and the source that the platform takes",
    arguments: [
      ("[{url: https://a.example/b.png}]", "media.type"), ("[{path: media/notes.txt}]", "media.type"),
      ("[{path: media/teaser.mp4}, {path: media/long.mp4}]", "media.count"), ("[{path: media/vast.mp4}]", "media.size"),
      ("[{url: https://a.example/b.jpg}, {url: https://a.example/b.mp4}]", "media.type"), ("[{path: media/plain.mp4}]", "media.size"),
      ("[{url: \"https://a.example/b.jpg?x=b.png\"}]", ""), ("[{path: media/teaser.mp4}]", ""), ("[{path: media/long.mp4}]", ""),
    ])
  func media(list: String, rule: String) {
    let found = report("media: \(list)")
    #expect(found.count == (rule.isEmpty ? 0 : 1) && found.allSatisfy { $0.contains(" \(rule): ") })
  }

  @Test(
    "A film is held against what its own header says",
    arguments: [
      ("teaser.mp4", ""),
      ("small.mp4", "media.dimensions: \"media/small.mp4\" is 1024×240 pixels, and each side of a video on tiktok has 360 to 4096"),
      ("lecture.mp4", "media.duration: \"media/lecture.mp4\" lasts 605.4 s, and tiktok takes at most 10m in a video"),
      ("slow.mp4", "media.framerate: \"media/slow.mp4\" has 12 frames a second, and tiktok takes 23 to 60 in a video"),
      ("master.mp4", "media.codec: \"media/master.mp4\" is coded as ProRes, which tiktok does not take in a video"),
      ("long.mp4", ""),
    ])
  func header(name: String, found: String) {
    #expect(report("media: [{path: media/\(name)}]") == (found.isEmpty ? [] : ["5:9 \(found)"]))
    #expect(report("media: [{path: media/\(name)}]", accounts: "acme", options: "privacy_level: SELF_ONLY").count == 1, "the unused option")
  }

  @Test("The limits of a film are those of whole frames and exact durations")
  func limits() {
    func found(_ film: [UInt8]) -> [Rule] { rules(ofMedium: film) }
    #expect(found(SampleFilm.bytes(width: 360, height: 4096, ticks: 600_000)) == [])
    #expect(found(SampleFilm.bytes(width: 359, height: 4097, ticks: 600_001)) == [.mediaDimensions, .mediaDuration])
    let rates: [(ticks: UInt32, rules: [Rule])] = [(1001, []), (1000, []), (992, []), (990, [.mediaFramerate])]
    for (ticks, rules) in rates {
      #expect(found(SampleFilm.bytes(trackScale: 60_000, times: box("stts", words(0, 1, 300, ticks)))) == rules)
    }
    #expect(found(SampleFilm.bytes(times: box("stts", words(0, 0)))) == [], "what it does not say is not held against it")
    #expect(found(Array(SampleFilm.bytes().prefix(100))) == [.mediaUnreadable])
  }

  @Test(
    "A cover is a moment of the film",
    arguments: [("9s", []), ("10s", ["4:56 value.range: cover_at is 10s, and \"media/teaser.mp4\" lasts 10s"])])
  func coverMoment(moment: String, found: [String]) {
    #expect(report("media: [{path: media/teaser.mp4}]", options: "privacy_level: SELF_ONLY, cover_at: \(moment)") == found)
    #expect(report("media: [{path: media/long.mp4}]", options: "privacy_level: SELF_ONLY, cover_at: \(moment)") == [], "nobody knows")
  }

  @Test("Two accounts of one platform have the same said once")
  func twice() {
    let other = ContentFile(path: "schedule/accounts/second.yaml", "platform: tiktok\ndefaults: {privacy_level: SELF_ONLY}\n")
    let post = "scheduled_time: 2026-11-27T09:00\ntimezone: UTC\naccounts: [second, third]\nmedia: [{url: https://a.example/b.png}]\n"
    let third = ContentFile(path: "schedule/accounts/third.yaml", bytes: other.bytes)
    #expect(Sample.read(post, accounts: [other, third]).diagnostics.map(\.rule) == [.mediaType])
  }

  @Test("Pictures that the platform fetches itself need a url")
  func source() { #expect(rules(ofMedium: [0xFF, 0xD8, 0xFF, 0xE0]) == [.mediaSource]) }

  /// What is found in a post whose only medium has these bytes.
  private func rules(ofMedium bytes: [UInt8]) -> [Rule] {
    let folder = MediaFolder { _ in
      .file(MediaFile(size: 9))
    } open: { _ in
      MediaBytes(bytes)
    }
    var diagnostics: [Diagnostic] = []
    let catalog = Catalog(
      settings: nil, accounts: Sample.accounts, zones: SystemTime.zones, platforms: Sample.platforms, media: folder,
      diagnostics: &diagnostics)
    var reader = ContentReader()
    let post = """
      scheduled_time: 2026-11-27T09:00
      timezone: UTC
      accounts: [acme-tiktok]
      options: {tiktok: {privacy_level: SELF_ONLY}}
      media: [{path: media/a}]

      """
    return catalog.read(Array(post.utf8), at: "p.yaml", with: &reader).diagnostics.map(\.rule)
  }

  @Test("A platform that publishes no bare text says what it takes")
  func withoutMedia() {
    let schema = PlatformSchema(
      name: "film", options: [], parameters: [], forms: [ContentForm("a film", media: .init([.mp4, .webm], count: 1...1), texts: [])])
    var diagnostics: [Diagnostic] = []
    let catalog = Catalog(
      settings: nil, accounts: [ContentFile(path: "schedule/accounts/a.yaml", "platform: film\n")], zones: SystemTime.zones,
      platforms: [schema], diagnostics: &diagnostics)
    var reader = ContentReader()
    let post = "scheduled_time: 2026-11-27T09:00\ntimezone: UTC\naccounts: [a]\n"
    let found = catalog.read(Array(post.utf8), at: "p.yaml", with: &reader).diagnostics
    #expect(found.map(\.rule) == [.mediaCount] && found.first?.hint == "add media: a film of MP4, WebM")
  }

  @Test(
    "Options that need or exclude each other are told, whoever of post, override and account gives them",
    arguments: [
      ("brand_content: true, privacy_level: SELF_ONLY", "", "4:56 option.conflict"),
      ("brand_content: true, privacy_level: PUBLIC_TO_EVERYONE", "", nil),
      ("privacy_level: SELF_ONLY", "overrides: {acme-tiktok: {options: {brand_content: true}}}", "4:35 option.conflict"),
      ("privacy_level: SELF_ONLY, cover_at: 2s", "media: [{url: https://a.example/b.jpg}]", "4:56 option.conflict"),
      ("privacy_level: SELF_ONLY, cover_at: 2s, mode: inbox, note: x", "media: [{url: https://a.example/b.jpg}]", nil),
      ("privacy_level: SELF_ONLY, mode: inbox", "", "3:12 option.missing"),
      ("privacy_level: SELF_ONLY, mode: inbox, note: far too long", "", "4:65 value.range"),
      ("privacy_level: NOBODY", "", "4:35 value.choice"),
    ] as [(String, String, String?)])
  func options(options: String, lines: String, found: String?) {
    let report = report(lines, options: options)
    #expect(report.map { $0.split(separator: ":").prefix(2).joined(separator: ":") } == [found].compactMap(\.self))
  }

  @Test(
    "What has no effect is a warning where the post gives it, and nothing where the account's defaults do",
    arguments: [
      ("mode: inbox, note: x, disable_comment: true", "caption: Doors", ["4:59 option.unused", "5:10 text.unused"]),
      ("mode: inbox, note: x", "overrides: {acme-tiktok: {caption: Doors}}", ["5:36 text.unused"]),
      ("mode: inbox, note: x", "caption: Doors\noverrides: {acme-tiktok: {caption: \"\"}}", []),
      ("mode: inbox, note: x", "caption: \(String(repeating: "x", count: 2201))", ["5:10 text.unused"]),
      ("disable_comment: true", "caption: Doors", []),
    ] as [(String, String, [String])])
  func unused(options: String, lines: String, found: [String]) {
    let report = report(lines, options: "\(options), privacy_level: SELF_ONLY")
    #expect(report.map { $0.split(separator: ":").prefix(2).joined(separator: ":") } == found)
    let defaults = ContentFile(
      path: "schedule/accounts/acme-tiktok.yaml",
      "platform: tiktok\ndefaults: {mode: inbox, note: x, disable_comment: true, privacy_level: SELF_ONLY}\n")
    let post = "scheduled_time: 2026-11-27T09:00\ntimezone: UTC\naccounts: [acme-tiktok]\n"
    #expect(Sample.read(post, accounts: [defaults]).diagnostics == [])
  }

  @Test("An option can be bound to one value by what the account's file says")
  func bound() {
    func found(_ level: String, audited: String) -> [Rule] {
      let account = ContentFile(path: "schedule/accounts/acme-tiktok.yaml", "platform: tiktok\n\(audited)")
      let post =
        "scheduled_time: 2026-11-27T09:00\ntimezone: UTC\naccounts: [acme-tiktok]\noptions: {tiktok: {privacy_level: \(level)}}\n"
      return Sample.read(post, accounts: [account]).diagnostics.map(\.rule)
    }
    #expect(found("PUBLIC_TO_EVERYONE", audited: "audited: false\n") == [.optionConflict])
    #expect(found("SELF_ONLY", audited: "audited: false\n") == [])
    #expect(found("PUBLIC_TO_EVERYONE", audited: "") == [], "the platform's own value is true here")
  }

  @Test("A cover is one of the pictures that are there", arguments: [(1, nil), (2, "numbered from 0 to 1")] as [(Int, String?)])
  func cover(index: Int, said: String?) {
    let found = report(
      "media: [{url: https://a.example/b.jpg}, {url: https://a.example/c.jpg}]",
      options: "privacy_level: SELF_ONLY, cover_index: \(index)")
    #expect(found.count == (said == nil ? 0 : 1) && found.allSatisfy { $0.contains("4:59 value.range") && $0.contains(said ?? "") })
  }

  @Test("Media of which nobody knows a type make what takes so many of them")
  func unknownTypes() {
    let schema = Sample.platforms[2]
    #expect(schema.form(of: [nil])?.name == "a video")
    #expect(schema.form(of: [nil, nil, nil])?.name == "a photo post")
    #expect(schema.form(of: [nil, .mp4])?.name == "a video")
    #expect(schema.form(of: [.png])?.name == nil)
    #expect(schema.form(of: Array(repeating: nil, count: 40))?.name == "a video")
  }

  @Test(
    "The first bytes of a file tell its type",
    arguments: [
      ([0xFF, 0xD8, 0xFF, 0xE1], MediaType.jpeg), ([0x89, 0x50, 0x4E, 0x47, 0x0D], .png), (Array("GIF89a".utf8), .gif),
      (Array("RIFF1234WEBPVP8 ".utf8), .webp), ([0, 0, 0, 20] + Array("ftypisom".utf8), .mp4),
      ([0, 0, 0, 20] + Array("ftypqt  ".utf8), .quicktime), ([0x1A, 0x45, 0xDF, 0xA3], .webm),
      ([0x1A, 0x45, 0xDF, 0xA3, 0x8B, 0x42, 0x82, 0x88] + Array("matroska".utf8), .matroska),
      ([0, 0, 0, 8] + Array("wide".utf8), .quicktime), ([0, 0, 0, 24] + Array("ftypheic".utf8), nil), (Array("#!/bin/sh".utf8), nil),
      ([], nil),
    ] as [([UInt8], MediaType?)])
  func types(bytes: [UInt8], type: MediaType?) { #expect(MediaType(start: bytes) == type) }
}
