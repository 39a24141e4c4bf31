import Foundation
import Schedule
import Testing

@Suite("Characters as JSON libraries write them")
struct JSONEscapeTests {
  private func read(_ text: String) -> PostReading {
    var (reader, ignored) = (ContentReader(), [Diagnostic]())
    return Sample.catalog(diagnostics: &ignored).read(Array(text.utf8), at: "schedule/posts/x.yaml", with: &reader)
  }

  private func caption(_ value: String) -> String? {
    read("scheduled_time: 2036-11-27T09:00\ntimezone: UTC\naccounts: [acme]\ncaption: \(value)\n").post?.caption
  }

  @Test(
    "Two escapes of half a character each are that character, wherever they stand",
    arguments: [
      (#""\ud83d\ude00""#, "\u{1F600}"), (#""\uD83D\uDE00 \uDBFF\uDFFD""#, "\u{1F600} \u{10FFFD}"),
      (#""a\ud83d\ude00b\u00e9\n""#, "a\u{1F600}b\u{E9}\n"),
      (#""\ud83d\ude00\ud83c\udffd""#, "\u{1F600}\u{1F3FD}"), (#"'\ud83d\ude00'"#, #"\ud83d\ude00"#),
      (#""\\ud83d\\ude00""#, #"\ud83d\ude00"#),
      (#"\uDABC is no escape here"#, #"\uDABC is no escape here"#), ("|-\n  \\ud83d\\ude00", #"\ud83d\ude00"#),
      (#""\ud800\udc00""#, "\u{10000}"),
    ])
  func pairs(value: String, text: String) {
    #expect(caption(value)?.unicodeScalars.map(\.value) == text.unicodeScalars.map(\.value))
  }

  @Test("A whole post as JSON libraries write it is read, keys and all, and what stands behind a pair stands where it stood")
  func whole() {
    let json = #"{"scheduled_time": "2036-11-27T09:00", "timezone": "UTC", "accounts": ["acme"], "caption": "\ud83d\ude00", "colour": 1}"#
    let found = read(json).diagnostics
    #expect(found.map(\.rule) == [.keyUnknown])
    #expect(
      found.first?.column == json.distance(from: json.startIndex, to: json.range(of: #""colour""#)?.lowerBound ?? json.startIndex) + 1)
  }

  @Test(
    "Half a character is refused with what to write instead",
    arguments: [
      #""\ud83d""#, #""\ude00""#, #""\ude00\ud83d""#, #""\ud83d x \ude00""#, #""\ud83d\u0041""#, #""\uD8ab \u{}""#,
      "\"\u{E001} \\ud83d\\ude00\"",
    ])
  func halves(value: String) {
    let found = read("caption: \(value)\n").diagnostics.first { $0.rule == .yamlSyntax }
    #expect(
      found?.hint.contains("write the character itself") == true || found?.hint.contains("JSON") == true, "\(String(describing: found))")
  }

  @Test("Private characters of one's own are kept")
  func own() {
    #expect(caption("\"\u{E000}\u{E400}\"") == "\u{E000}\u{E400}")
    #expect(caption(#""\ue000\ue400""#) == "\u{E000}\u{E400}")
    #expect(caption("\"\u{F8FF} \\ud83d\\ude00\"") == "\u{F8FF} \u{1F600}")
  }
}
