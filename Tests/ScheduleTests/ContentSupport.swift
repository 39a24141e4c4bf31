import Schedule
import Support
import Testing

/// Zones with the system's files, the platforms that examples use, and three accounts.
enum Sample {
  static let platforms = [
    PlatformSchema(name: "outbox", options: [], parameters: []),
    PlatformSchema(
      name: "webhook", options: [],
      parameters: [.init("url", .url, isRequired: true, summary: "where to post to"), .init("dedupes", .flag, summary: "drops repeats")]),
    PlatformSchema(
      name: "tiktok",
      options: [
        .init("privacy_level", .choice(["PUBLIC_TO_EVERYONE", "SELF_ONLY"]), isRequired: true, summary: "who sees it"),
        .init("disable_comment", .flag, summary: "no comments"), .init("cover_at", .duration, summary: "the cover"),
        .init("cover_index", .number(0...34), summary: "the cover"), .init("note", .text(maximumLength: 5), summary: "a note"),
        .init("mode", .choice(["direct", "inbox"]), standard: .text("direct"), summary: "where it ends"),
        .init("brand_content", .flag, summary: "a paid partnership"),
      ], parameters: [.init("audited", .flag, standard: .flag(true), summary: "TikTok has looked at it")], limits: .init(perMinute: 6),
      forms: [
        ContentForm("a text", texts: [.init(.caption, atMost: 2200, .utf16)]),
        ContentForm(
          "a video",
          media: .init(
            [.mp4, .quicktime, .webm], count: 1...1, bytes: 4_000_000_000, sides: 360...4096,
            film: .init(atMost: .seconds(600), frameRates: 23...60, codecs: [.h264, .vp9])),
          texts: [.init(.caption, atMost: 2200, .utf16)]),
        ContentForm(
          "a photo post", media: .init([.jpeg, .webp], count: 1...35, bytes: 20_000_000, source: .url),
          texts: [.init(.title, atMost: 90, .utf16), .init(.caption, atMost: 4000, .utf16)]),
      ],
      rules: [
        OptionRule(
          where: ["brand_content": .flag(true)], .forbids("privacy_level", .text("SELF_ONLY")), because: "paid partnerships are public"),
        OptionRule(
          where: ["mode": .text("direct")], in: "a photo post", .forbids("cover_at", nil), because: "a photo post has no time to show"),
        OptionRule(where: ["mode": .text("inbox")], .needs("note"), because: "the inbox shows it"),
        OptionRule(where: ["mode": .text("inbox")], .ignoresText(.caption), because: "its owner writes one"),
        OptionRule(where: ["mode": .text("inbox")], .ignores("disable_comment"), because: "its owner chooses"),
        OptionRule(
          account: ["audited": .flag(false)], .allows("privacy_level", .text("SELF_ONLY")), because: "only its owner may see it"),
        OptionRule(in: "a photo post", .countsMedia("cover_index"), because: "it is the cover"),
        OptionRule(in: "a video", .liesInFilm("cover_at"), because: "it is the cover"),
      ],
      accountRules: [
        .init(where: ["mode": .text("direct")], .grants("video.publish")), .init(.offers("privacy_level")),
        .init(in: "a video", .takesFilm), .init(.allows(.comment, unless: "disable_comment")),
      ]),
  ]

  static let accounts = [
    ContentFile(path: "schedule/accounts/acme.yaml", "platform: outbox\n"),
    ContentFile(path: "schedule/accounts/acme-hook.yaml", "platform: webhook\nurl: https://hooks.acme.example/in\n"),
    ContentFile(path: "schedule/accounts/acme-tiktok.yaml", "platform: tiktok\n"),
  ]

  /// 2026-11-01T00:00:00Z.
  static let now = Instant(seconds: 1_793_491_200)

  static let media = MediaFolder { path in
    switch path {
    case "media/plain.mp4": return .file(MediaFile(size: 40_000_000))
    case "media/damaged.mp4": return .file(MediaFile(short: Array("version https://git-lfs.github.com/spec/v1\nsize 5\n".utf8)))
    case "media/long.mp4", "media/vast.mp4":
      let size = path == "media/long.mp4" ? 40_000_000 : 5_000_000_000
      let oid = String(repeating: "a", count: 64)
      return .file(
        MediaFile(short: Array("version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize \(size)\n".utf8)))
    default: return files[path] == nil ? .absent : .file(MediaFile(size: 5_000_000))
    }
  } open: { path in
    files[path].map { MediaBytes($0) }
  }

  private static let files: [String: [UInt8]] = [
    "media/teaser.mp4": SampleFilm.bytes(), "media/notes.txt": Array("notes".utf8), "media/small.mp4": SampleFilm.bytes(height: 240),
    "media/lecture.mp4": SampleFilm.bytes(ticks: 605_400), "media/slow.mp4": SampleFilm.bytes(trackScale: 12),
    "media/master.mp4": SampleFilm.bytes(codec: "apch"), "media/broken.mp4": Array(SampleFilm.bytes().dropLast(9)),
  ]

  static func catalog(
    settings: String? = nil, accounts more: [ContentFile] = [], record: (AccountName) -> AccountRecord? = { _ in nil },
    diagnostics: inout [Diagnostic]
  ) -> Catalog {
    let replaced = Set(more.map(\.path))
    return Catalog(
      settings: settings.map { ContentFile(path: "schedule/posthorn.yaml", $0) },
      accounts: accounts.filter { !replaced.contains($0.path) } + more, zones: SystemTime.zones, platforms: platforms, media: media,
      record: record, diagnostics: &diagnostics)
  }

  static func read(_ text: String, settings: String? = nil, accounts: [ContentFile] = [], at path: String = "posts/launch.yaml")
    -> PostReading
  {
    var diagnostics: [Diagnostic] = []
    let catalog = catalog(settings: settings, accounts: accounts, diagnostics: &diagnostics)
    var reader = ContentReader()
    return catalog.read(Array(text.utf8), at: "schedule/" + path, with: &reader, newAt: now)
  }
}

extension ContentFile {
  init(path: String, _ text: String) { self.init(path: path, bytes: Array(text.utf8)) }
}
