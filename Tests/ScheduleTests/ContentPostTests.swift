import Schedule
import Testing

@Suite("Reading posts")
struct ContentPostTests {
  @Test("A post with every key gives all of it, typed by the key that receives it")
  func whole() throws {
    let reading = Sample.read(
      """
      scheduled_time: 2026-11-27T09:00
      timezone: America/New_York
      accounts: [acme, acme-tiktok]
      title: no
      caption: |
        Doors open
        at nine.
      media:
        - path: media/teaser.mp4
          alt: A brass horn
        - url: https://media.example.com/a.png
      options:
        tiktok: {privacy_level: SELF_ONLY, disable_comment: true, cover_at: 3s, cover_index: 2}
      overrides:
        acme: {caption: "Nine.", media: []}
        acme-tiktok: {media: [{path: media/teaser.mp4}]}
      grace: 2h
      suspend: {reason: legal, until: 2026-11-26T18:00}
      id: doors
      """)
    #expect(reading.diagnostics == [])
    let post = try #require(reading.post)
    #expect(post.id == PostID("doors") && post.timezone == "America/New_York" && post.accounts.map(\.text) == ["acme", "acme-tiktok"])
    #expect(post.title == "no" && post.caption == "Doors open\nat nine.\n" && post.grace == .seconds(7200))
    #expect(
      post.media == [Media(source: .path("media/teaser.mp4"), alt: "A brass horn"), Media(source: .url("https://media.example.com/a.png"))])
    #expect(
      post.options == [
        "tiktok": [
          "privacy_level": .text("SELF_ONLY"), "disable_comment": .flag(true), "cover_at": .duration(.seconds(3)),
          "cover_index": .number(2),
        ]
      ])
    let own = try #require(AccountName("acme").flatMap { post.overrides[$0] })
    #expect(own.caption == "Nine." && own.media == [])
    #expect(post.suspension?.reason == "legal")
    #expect(reading.deliveries.map(\.scheduledAt) == [try instant("2026-11-27T14:00:00Z"), try instant("2026-11-27T14:00:00Z")])
    #expect(reading.deliveries.first?.hold == .suspended(reason: "legal", until: try instant("2026-11-26T23:00:00Z")))
  }

  @Test(
    "The zone is the post's, else the account's, else that of the settings",
    arguments: [
      ("timezone: Asia/Tokyo\n", "timezone: Europe/Berlin\n", "timezone: UTC\n", "Asia/Tokyo"),
      ("", "timezone: Europe/Berlin\n", "timezone: UTC\n", "Europe/Berlin"),
      ("", "", "timezone: UTC\n", "UTC"),
    ])
  func zones(post: String, account: String, settings: String, zone: String) {
    let reading = Sample.read(
      "scheduled_time: 2026-11-27T09:00\naccounts: [acme]\n" + post, settings: settings,
      accounts: [ContentFile(path: "schedule/accounts/acme.yaml", "platform: outbox\n" + account)])
    #expect(reading.deliveries.map(\.timezone) == [zone])
  }

  @Test("An account whose own file is wrong blocks its deliveries and nobody else's")
  func blocked() {
    let reading = Sample.read(
      "scheduled_time: 2026-11-27T09:00\ntimezone: UTC\naccounts: [acme, acme-hook]\n",
      accounts: [ContentFile(path: "schedule/accounts/acme-hook.yaml", "platform: webhook\n")])
    #expect(
      reading.diagnostics == [] && reading.blocked.map(\.text) == ["acme-hook"] && reading.deliveries.map(\.id.account.text) == ["acme"])
  }

  @Test(
    "A post with errors keeps its id, so that it can be held under it",
    arguments: [
      ("scheduled_time: tomorrow\naccounts: [acme]\nid: doors\n", "doors"), ("[", "launch"), ("", "launch"),
      ("a: *b\nid: doors\n", "doors"),
    ])
  func identity(text: String, id: String) {
    let reading = Sample.read(text)
    #expect(reading.post == nil && reading.deliveries == [] && reading.id?.text == id && !reading.diagnostics.isEmpty)
  }

  @Test("The later end of two suspensions counts")
  func suspensions() throws {
    let reading = Sample.read(
      "scheduled_time: 2026-11-27T09:00\ntimezone: UTC\naccounts: [acme]\nsuspend: {until: 2026-11-20T00:00}\n",
      accounts: [ContentFile(path: "schedule/accounts/acme.yaml", "platform: outbox\nsuspend: true\n")])
    #expect(reading.deliveries.map(\.hold) == [.suspended(reason: nil, until: nil)])
  }

  @Test("Only a new post is asked whether it is past its grace")
  func past() {
    let text = Array("scheduled_time: 2026-10-31T22:30\ntimezone: UTC\naccounts: [acme]\n".utf8)
    var diagnostics: [Diagnostic] = []
    let catalog = Sample.catalog(diagnostics: &diagnostics)
    var reader = ContentReader()
    #expect(catalog.read(text, at: "schedule/posts/a.yaml", with: &reader, newAt: Sample.now).diagnostics.map(\.rule) == [.timePast])
    #expect(catalog.read(text, at: "schedule/posts/a.yaml", with: &reader).diagnostics == [])
    #expect(catalog.read(text + Array("grace: 2h\n".utf8), at: "schedule/posts/a.yaml", with: &reader, newAt: Sample.now).diagnostics == [])
  }

  @Test("A finding starts where its value or key starts, and ends behind it", arguments: findingPlaces)
  func places(lines: String, rule: Rule, place: [Int]) throws {
    let reading = Sample.read("scheduled_time: 2026-11-27T09:00\ntimezone: UTC\naccounts: [acme]\n" + lines)
    let found = try #require(reading.diagnostics.first)
    #expect(found.rule == rule && [found.line, found.column, found.endLine, found.endColumn] == place)
  }
}

private let findingPlaces: [(String, Rule, [Int])] = [
  ("captoin: x", .keyUnknown, [4, 1, 4, 8]), ("grace: \"2 h\"", .valueFormat, [4, 8, 4, 13]),
  ("media: [{path: é/../x}]", .mediaPath, [4, 16, 4, 22]), ("title:\n  - x", .valueType, [5, 3, 5, 6]),
  ("title:", .valueMissing, [4, 7, 4, 7]),
]

@Suite("Reading settings and accounts")
struct ContentSettingsTests {
  @Test("Settings with every key give all of it")
  func settings() {
    var diagnostics: [Diagnostic] = []
    let catalog = Sample.catalog(
      settings: """
        grace: 30m
        retry: {delays: [1m, 1m, 0s]}
        timezone: Europe/Berlin
        record: {branch: posthorn/records, interval: 10s}
        notify: [{on: [failed, in_doubt], account: acme-hook}]
        policy: {require_signed: true, burst: 5}
        """, diagnostics: &diagnostics)
    #expect(diagnostics == [])
    let settings = catalog.settings
    #expect(settings.grace == .seconds(1800) && settings.retry.delays == [.seconds(60), .seconds(60), .zero])
    #expect(
      settings.timezone == "Europe/Berlin" && settings.record.branch == "posthorn/records" && settings.record.interval == .seconds(10))
    #expect(
      settings.notify.first?.on == [.state(.failed), .state(.inDoubt)] && settings.policy.requireSigned && settings.policy.burst == 5)
  }

  @Test("Settings that hold comments alone are the defaults")
  func comments() {
    var diagnostics: [Diagnostic] = []
    #expect(Sample.catalog(settings: "# nothing yet\n", diagnostics: &diagnostics).settings == Settings() && diagnostics == [])
  }

  @Test("An account's limits are its own, then its platform's", arguments: [("", 6), ("limits: {per_minute: 2}\n", 2)])
  func limits(lines: String, perMinute: Int) throws {
    var diagnostics: [Diagnostic] = []
    let catalog = Sample.catalog(
      accounts: [ContentFile(path: "schedule/accounts/t.yaml", "platform: tiktok\n" + lines)], diagnostics: &diagnostics)
    guard case .valid(let account, _) = catalog.accounts[try #require(AccountName("t"))] else { throw NotValid() }
    #expect(account.limits?.perMinute == perMinute && diagnostics == [])
  }

  struct NotValid: Error {}

  @Test(
    "What cannot be right in settings is named",
    arguments: [
      ("record: {branch: a..b}", Rule.valueFormat), ("retry: {delays: 5m}", .valueType), ("notify: [{on: [failed]}]", .keyMissing),
      ("notify: [{on: [failed], account: nobody}]", .accountUnknown), ("timezone: Berlin", .zoneUnknown),
      ("policy: {burst: many}", .valueFormat),
      ("policy: {require_signed: yes}", .valueFormat), ("graze: 1h", .keyUnknown), ("grace: 1h\ngrace: 2h", .keyDuplicate),
    ])
  func wrong(text: String, rule: Rule) {
    var diagnostics: [Diagnostic] = []
    _ = Sample.catalog(settings: text, diagnostics: &diagnostics)
    #expect(diagnostics.map(\.rule) == [rule])
  }
}

@Suite("Did you mean")
struct DiagnosticsSpellingTests {
  @Test(
    "The nearest word is found, and nothing where none is near",
    arguments: [
      ("acounts", "accounts"), ("accuonts", "accounts"), ("Caption", "caption"), ("scheduled-time", "scheduled_time"), ("xyz", nil),
      ("", nil),
      ("timezones", "timezone"), ("a", nil),
    ])
  func nearest(word: String, meant: String?) {
    #expect(Spelling.nearest(to: word, among: ["accounts", "caption", "scheduled_time", "timezone"]) == meant)
  }
}

@Suite("Paths and URLs in files")
struct ContentPathTests {
  @Test(
    "A path that some system cannot have is refused",
    arguments: [
      "a/../b", "a//b", "a\\b", "a/.git/b", "a/.GIT", "a/\u{1B}b", "a/\u{9B}", String(repeating: "a", count: 256),
      String(repeating: "a/", count: 16) + "b",
      "./a",
    ])
  func refused(path: String) { #expect(ContentPath.fault(of: path) != nil) }

  @Test(
    "An ordinary path is taken", arguments: ["media/teaser.mp4", "médias/été.png", String(repeating: "a/", count: 15) + "b", "a/.gitkeep"])
  func taken(path: String) { #expect(ContentPath.fault(of: path) == nil) }

  @Test(
    "Paths that are one on some systems are found, composed or not",
    arguments: [("posts/É.yaml", "posts/e\u{301}.yaml"), ("posts/Straße", "posts/STRASSE")])
  func collisions(one: String, other: String) {
    var index = PostIndex()
    index.add(path: one)
    index.add(path: other)
    #expect(index.diagnostics().map(\.rule) == [.fileCollision, .fileCollision])
  }

  @Test(
    "A media URL is absolute, https, without userinfo",
    arguments: [
      ("https://media.example.com/a.png", true), ("https://[::1]:8443/a", true), ("http://media.example.com/a", false),
      ("https://user:pw@example.com/", false),
      ("https:///a", false), ("media.example.com/a", false), ("https://a b/", false), ("https://example.com:99999/", false),
      ("https://exa_mple.com/", true),
      ("https://-a.com/", false), ("javascript:alert(1)", false),
    ])
  func url(text: String, isFine: Bool) {
    let reading = Sample.read("scheduled_time: 2026-11-27T09:00\ntimezone: UTC\naccounts: [acme]\nmedia: [{url: \"\(text)\"}]\n")
    #expect(reading.diagnostics.map(\.rule) == (isFine ? [] : [.urlFormat]))
  }
}
