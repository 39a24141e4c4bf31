import Schedule
import Testing

@Suite("Words that YAML would lose")
struct LostWordsTests {
  private static let head = "scheduled_time: 2026-11-27T09:00\ntimezone: America/New_York\naccounts: [acme]\n"

  /// `line:column rule` of what is wrong with a post that has these lines, and the hints.
  private func found(_ lines: String) -> (places: [String], hints: [String]) {
    let reading = Sample.read(Self.head + lines)
    return (reading.diagnostics.map { "\($0.line):\($0.column) \($0.rule.rawValue)" }, reading.diagnostics.map(\.hint))
  }

  @Test(
    "A # behind a blank, and no blank behind it, is told where it stands, wherever text is plain, with the value in quotes",
    arguments: [
      ("caption: Doors open at nine #horns #brass\n", "4:29", #""Doors open at nine #horns #brass""#),
      ("title: Doors #horns\n", "4:14", #"title: "Doors #horns""#), ("caption: #horns\n", "4:10", ##"caption: "#horns""##),
      ("caption:\n  #horns #brass\n", "5:3", ##""#horns #brass""##),
      ("caption: Doors open\n  at nine #horns\n", "5:11", #""Doors open at nine #horns""#),
      ("caption: Doors open at nine\n  #horns #brass\n", "5:3", #""Doors open at nine #horns #brass""#),
      ("caption:\n  Doors open at nine\n  #horns\n", "6:3", #""Doors open at nine #horns""#),
      ("caption: Doors\n\n  #horns\n", "6:3", #""Doors #horns""#), ("caption: Doors öffnen #horns", "4:23", #""Doors öffnen #horns""#),
      ("media:\n  - path: media/teaser.mp4\n    alt: A horn #brass\n", "6:17", #"alt: "A horn #brass""#),
      ("media:\n  - alt: A horn #brass\n    path: media/teaser.mp4\n", "5:17", #"alt: "A horn #brass""#),
      ("overrides:\n  acme:\n    caption: Doors #horns\n", "6:20", #"caption: "Doors #horns""#),
      ("suspend:\n  reason: waiting for #legal\n", "5:23", #"reason: "waiting for #legal""#),
      ("caption: He said \"now\" #horns\n", "4:24", "caption: 'He said \"now\" #horns'"), ("caption: Doors # 1 #horns\n", nil, ""),
      ("caption: Doors\t#horns\n", "4:16", #""Doors #horns""#), ("caption: Doors #horns\r\n", "4:16", #""Doors #horns""#),
    ] as [(String, String?, String)])
  func comments(lines: String, place: String?, hint: String) {
    let found = found(lines)
    #expect(found.places == (place.map { ["\($0) text.comment"] } ?? []))
    if place != nil { #expect(found.hints.first?.contains(hint) == true, "\(found.hints)") }
  }

  @Test(
    "What is in quotes or in a block is text, and what has a blank behind its #, or stands before the next key, is a comment",
    arguments: [
      "caption: \"Doors #horns\"\n", "caption: 'Doors #horns'\n", "caption: |\n  Doors\n  #horns\n", "caption: >-\n  Doors #horns\n",
      "caption: Doors # horns\n", "caption: Doors #\n", "caption: Doors#horns\n", "caption: Doors\n#title: no\n",
      "caption: Doors\n# no\ntitle: x\n",
      "media:\n  - path: media/teaser.mp4\n    #alt: A horn\n", "caption: Doors\n  # no\n", "caption: C# and F#\n",
      "caption: \"Doors\" #todo\n",
      "#horns\ncaption: Doors\n",
    ])
  func text(lines: String) { #expect(found(lines).places == []) }

  @Test(
    "A plain null is no text, wherever text is wanted, and the schema says the same; in quotes it is the word",
    arguments: ["null", "Null", "NULL", "~"])
  func null(word: String) {
    for (lines, place) in [
      ("title: \(word)\n", "4:8"), ("caption: \(word)\n", "4:10"), ("id: \(word)\n", "4:5"), ("grace: \(word)\n", "4:8"),
      ("media:\n  - path: media/teaser.mp4\n    alt: \(word)\n", "6:10"), ("overrides: {acme: {caption: \(word)}}\n", "4:29"),
      ("suspend: {reason: \(word)}\n", "4:19"), ("suspend: \(word)\n", "4:10"),
    ] {
      let found = found(lines)
      #expect(found.places == ["\(place) value.missing"], "\(lines)")
      #expect(found.hints.first?.contains("in quotes") == true)
    }
    for lines in ["title: \"\(word)\"\n", "caption: '\(word)'\n", "caption: |-\n  \(word)\n"] { #expect(found(lines).places == []) }
    #expect(found("caption: nullify\n").places == [])
  }

  @Test("What is written as a post is read back as it was: words that YAML has other uses for are in quotes")
  func written() throws {
    for word in [
      "null", "~", "NULL", "true", "No", "on", "2026", "1e3", "0x1F", "12:30", "2026-11-27", "#horns", "a #b", "-", "", " x", "y", ".inf",
    ] {
      var text = PostText(
        id: "launch", accounts: ["acme"], time: "2026-11-27T09:00", timezone: "America/New_York", title: word, caption: word)
      text.media = [Media(source: .path("media/teaser.mp4"), alt: word)]
      let reading = Sample.read(text.text)
      #expect(reading.post?.title == word && reading.post?.caption == word && reading.post?.media.first?.alt == word, "\(text.text)")
      let plain = text.text.split(separator: "\n").contains { $0 == "title: \(word)" }
      #expect(!plain, "a library of YAML takes it for something else: \(word)")
    }
  }
}
