import Schedule
import Testing

@Suite("What is escaped")
struct EscapingTests {
  /// It joins the character before it, which is another `Character` then.
  private static let mark = "\u{0301}"

  @Test("A mark behind a character hides it from nothing", arguments: ["<", "\"", "%", "\\", ";"])
  func mark(_ special: String) {
    let scalar = special.unicodeScalars[special.unicodeScalars.startIndex]
    #expect("a\(special)\(Self.mark)b".escaping([scalar: "&"]) == "a&\(Self.mark)b")
  }

  @Test("A quote with a mark does not end a cell, and a formula with one is none", arguments: ["\"", "="])
  func cells(_ special: String) {
    var table = CSVText()
    table.add(["\(special)\(Self.mark),b"])
    let expected = special == "=" ? "\"'=\(Self.mark),b\"\r\n" : "\"\"\"\(Self.mark),b\"\r\n"
    #expect(Array(table.text.utf8) == Array(expected.utf8))
  }
}
