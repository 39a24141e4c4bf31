import Schedule
import Testing

@Suite("What leaves on one account")
struct DiaryTests {
  /// 2026-11-01T00:00:00Z is now; times are UTC.
  private func report(_ limits: String, _ posts: [(name: String, text: String)], chosen: Set<String>? = nil) -> [String] {
    var diagnostics: [Diagnostic] = []
    let account = ContentFile(path: "schedule/accounts/acme.yaml", "platform: outbox\nlimits: {\(limits)}\n")
    let catalog = Sample.catalog(accounts: limits.isEmpty ? [] : [account], diagnostics: &diagnostics)
    var reader = ContentReader()
    let readings = posts.map { post in
      catalog.read(Array("timezone: UTC\n\(post.text)\n".utf8), at: "\(post.name).yaml", with: &reader)
    }
    #expect(readings.allSatisfy { $0.post != nil } && diagnostics == [])
    // As several threads do, in whatever order.
    var diary = Diary()
    for (number, reading) in readings.enumerated().reversed() {
      var share = Diary()
      share.add(reading, number: number)
      diary.merge(share)
    }
    let clashes = diary.clashes(in: catalog, paths: readings.map(\.path), now: Sample.now) { chosen?.contains(posts[$0].name) ?? true }
    return clashes.map { $0.diagnostic(of: readings[$0.post], beside: $0.other.map { readings[$0].path }, in: catalog) }.sorted()
      .map { "\($0.path):\($0.line): \($0.message) [\($0.rule.rawValue)]" }
  }

  private func post(_ name: String, _ time: String, _ more: String = "") -> (name: String, text: String) {
    (name, "scheduled_time: \(time)\naccounts: [acme]\n\(more)")
  }

  @Test("The later of two that are nearer than the account's spacing is told, with the distance; those far enough apart are not")
  func close() {
    let posts = [post("b", "2026-11-02T09:10"), post("a", "2026-11-02T09:00"), post("c", "2026-11-02T09:40")]
    #expect(
      report("spacing: 30m", posts) == [
        "b.yaml:2: a.yaml leaves for acme 10 m earlier, and acme asks for 30m between two posts [account.spacing]"
      ])
    #expect(report("", posts) == [])
  }

  @Test("Without a spacing of the account, the same instant is too close; a spacing of 0s allows it")
  func simultaneous() {
    let posts = [post("b", "2026-11-02T09:00"), post("a", "2026-11-02T09:00")]
    #expect(report("", posts) == ["b.yaml:2: a.yaml leaves for acme at the same instant [account.spacing]"])
    #expect(report("spacing: 0s", posts) == [])
  }

  @Test("What is past does not clash any more")
  func past() {
    #expect(report("spacing: 1h", [post("a", "2026-10-02T09:00"), post("b", "2026-10-02T09:01")]) == [])
    #expect(report("per_day: 1", [post("a", "2026-10-02T09:00"), post("b", "2026-10-02T09:01")]) == [])
    #expect(report("", [post("a", "2026-10-02T09:00", "title: x"), post("b", "2026-10-03T09:00", "title: x")]) == [])
  }

  @Test("Of two that clash the chosen one is told: a review sees what it brings in")
  func chosen() {
    let posts = [post("a", "2026-11-02T09:00", "title: x"), post("b", "2026-11-02T09:01", "title: x")]
    #expect(report("spacing: 1h", posts, chosen: ["a"]).map { $0.prefix(7) } == ["a.yaml:", "a.yaml:"])
    #expect(report("spacing: 1h", posts, chosen: ["a"])[0].contains("b.yaml leaves for acme 1 m later"))
    #expect(report("per_day: 1", posts, chosen: ["a"])[0].contains("with this one, b.yaml is one more"))
    #expect(report("spacing: 1h", posts, chosen: []) == [])
  }

  @Test("A day's limit counts any 24 hours; what is beyond it waits for room, and is missed where that comes after its grace")
  func daily() {
    let posts = [
      post("a", "2026-11-02T20:00"), post("b", "2026-11-03T08:00"), post("c", "2026-11-03T19:30"),
      post("d", "2026-11-03T20:00", "grace: 1d"),
    ]
    #expect(
      report("per_day: 2", posts) == [
        "c.yaml:2: acme takes 2 posts in 24 hours, and this is one more: what is due at 2026-11-03T19:30 could leave at 2026-11-03T20:00 "
          + "[account.daily]",
        "d.yaml:2: acme takes 2 posts in 24 hours, and this is one more: what is due at 2026-11-03T20:00 could leave at 2026-11-04T08:00 "
          + "[account.daily]",
      ])
    #expect(report("per_day: 1", [post("a", "2026-11-02T20:00"), post("b", "2026-11-03T08:00")])[0].contains("it would be missed"))
    #expect(report("per_day: 4", posts) == [])
  }

  @Test("What already left today takes room as well")
  func leftToday() {
    #expect(report("per_day: 1", [post("a", "2026-10-31T20:00"), post("b", "2026-11-01T08:00")]).count == 1)
  }

  @Test(
    "The same title, caption and media on an account is told once, with all accounts, however it is written",
    arguments: [
      ("caption: Hello", "caption: |\n  Hello", true), ("caption: Hello", "caption: Hello!", false), ("", "", false),
      ("media: [{path: media/teaser.mp4, alt: a}]", "media: [{path: media/teaser.mp4}]", true),
      ("title: a\ncaption: b", "title: ab", false), ("caption: Hello", "caption: x\noverrides: {acme: {caption: Hello}}", true),
      ("caption: x\noverrides: {acme: {caption: a}}", "caption: x\noverrides: {acme: {caption: b}}", false),
    ])
  func repeated(one: String, other: String, isSame: Bool) {
    let found = report("", [post("a", "2026-11-02T09:00", one), post("b", "2026-11-05T09:00", other)])
    #expect(found.map { String($0.drop { $0 != " " }) } == (isSame ? [" a.yaml says the same to acme 3 d earlier [post.repeated]"] : []))
  }

  @Test(
    "A copy of what went out just now is told as long as it would go out at once, and no longer",
    arguments: [
      ("2026-10-31T23:59:59", "2026-10-31T23:59:59", "", true), ("2026-10-31T20:00", "2026-10-31T23:30", "", true),
      ("2026-10-31T20:00", "2026-10-31T22:30", "", false), ("2026-10-31T20:00", "2026-10-31T22:30", "grace: 2h", true),
      ("2026-10-31T23:00", "2026-10-31T23:00", "", true), ("2026-10-31T22:59:59", "2026-10-31T22:59:59", "", false),
    ])
  func justNow(first: String, second: String, more: String, isTold: Bool) {
    let posts = [post("a", first, "caption: Hello\n\(more)"), post("b", second, "caption: Hello\n\(more)")]
    #expect(report("", posts).contains { $0.hasSuffix("[post.repeated]") } == isTold)
    #expect(report("", posts, chosen: ["a"]).contains { $0.hasSuffix("[post.repeated]") } == (isTold && first == second))
  }

  @Test("A repeat is told once for all accounts of the two posts")
  func accounts() {
    let text = "accounts: [acme, acme-hook]\ncaption: Hello"
    let found = report("", [("a", "scheduled_time: 2026-11-02T09:00\n" + text), ("b", "scheduled_time: 2026-11-03T09:00\n" + text)])
    #expect(found == ["b.yaml:4: a.yaml says the same to acme, acme-hook 1 d earlier [post.repeated]"])
  }
}
