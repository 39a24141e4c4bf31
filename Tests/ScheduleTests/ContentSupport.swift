import Schedule
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
      ], parameters: [], limits: .init(perMinute: 6)),
  ]

  static let accounts = [
    ContentFile(path: "schedule/accounts/acme.yaml", "platform: outbox\n"),
    ContentFile(path: "schedule/accounts/acme-hook.yaml", "platform: webhook\nurl: https://hooks.acme.example/in\n"),
    ContentFile(path: "schedule/accounts/acme-tiktok.yaml", "platform: tiktok\n"),
  ]

  /// 2026-11-01T00:00:00Z.
  static let now = Instant(seconds: 1_793_491_200)

  static let media = MediaFolder { $0 == "media/teaser.mp4" }

  static func catalog(
    settings: String? = nil, accounts more: [ContentFile] = [], diagnostics: inout [Diagnostic]
  ) -> Catalog {
    let replaced = Set(more.map(\.path))
    return Catalog(
      settings: settings.map { ContentFile(path: "schedule/posthorn.yaml", $0) },
      accounts: accounts.filter { !replaced.contains($0.path) } + more, zones: SystemTime.zones, platforms: platforms, media: media,
      diagnostics: &diagnostics)
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
