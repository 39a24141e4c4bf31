import Foundation
import Schedule
import Testing

@Suite("JSON as Posthorn writes and reads it")
struct JSONTests {
  @Test("Keys are sorted, levels are two spaces, the last byte is a newline")
  func canonical() {
    let json: JSON = ["b": [1, "two", [:], []], "a": ["z": true, "y": .null], "c": .double(1.5)]
    #expect(
      json.text() == """
        {
          "a": {
            "y": null,
            "z": true
          },
          "b": [
            1,
            "two",
            {},
            []
          ],
          "c": 1.5
        }

        """)
    #expect(json.compactText() == #"{"a":{"y":null,"z":true},"b":[1,"two",{},[]],"c":1.5}"#)
    #expect(JSON.object([:]).text() == "{}\n")
    #expect(JSON.array([]).text() == "[]\n")
  }

  @Test(
    "Texts survive, and nothing in them can move a terminal or a diff",
    arguments: [
      ("plain é 日本 🎺", #""plain é 日本 🎺""#), ("\"\\/", #""\"\\/""#),
      ("\u{0}\u{8}\t\n\u{C}\r\u{1B}\u{7F}", #""\u0000\b\t\n\f\r\u001b\u007f""#),
      ("a\u{2028}b\u{2029}", #""a\u2028b\u2029""#), ("\u{202E}x\u{2066}\u{85}\u{FEFF}\u{61C}", #""\u202ex\u2066\u0085\ufeff\u061c""#),
    ])
  func texts(text: String, written: String) throws {
    #expect(JSON.string(text).compactText() == written)
    #expect(try JSON.parse(Array(written.utf8)) == .string(text))
    #expect(try JSONSerialization.jsonObject(with: Data(written.utf8), options: .fragmentsAllowed) as? String == text)
  }

  @Test("What has to be escaped is escaped wherever it stands")
  func places() throws {
    for scalar in Array(0..<0x20) + [0x22, 0x5C, 0x7F, 0x85, 0x2028, 0xFEFF] {
      let character = String(String.UnicodeScalarView([try #require(Unicode.Scalar(UInt32(scalar)))]))
      let escaped = JSON.string(character).compactText().dropFirst().dropLast()
      #expect(escaped.hasPrefix("\\") && escaped.count > 1)
      for place in 0...17 {
        let (before, after) = (String(repeating: "~", count: place), String(repeating: " ", count: 17 - place))
        #expect(JSON.string(before + character + after).compactText() == "\"\(before)\(escaped)\(after)\"")
      }
    }
  }

  @Test(
    "Whole numbers of 64 bits stay exact",
    arguments: [
      ("9223372036854775807", JSON.int(.max)), ("-9223372036854775808", .int(.min)), ("0", 0), ("-0", 0), ("1e2", .double(100)),
      ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("-1.25E-2", .double(-0.0125)),
    ])
  func numbers(text: String, expected: JSON) throws {
    #expect(try JSON.parse(Array(text.utf8)) == expected)
    #expect(try JSON.parse(expected.bytes()) == expected)
  }

  @Test(
    "What is not JSON is refused with its place",
    arguments: [
      ("", 1, 1, "the text ends where a value goes"), ("{\"a\": 1,\n \"a\": 2}", 2, 2, "this key stands twice in its object"),
      ("[1,]", 1, 4, "not a value"), ("{\"a\" 1}", 1, 6, "a colon goes here"), ("[1 2]", 1, 4, "a comma or ] goes here"),
      ("{\"a\": 1 \"b\": 2}", 1, 9, "a comma or } goes here"), ("{a: 1}", 1, 2, "a key goes here, in quotes"),
      ("[\"é\", nul]", 1, 7, "not a value"), ("\"abc", 1, 1, "a text without a closing quote"),
      ("\"a\u{1}\"", 1, 3, "a control character in a text; write it as an escape"), (#""\x""#, 1, 2, "an unknown escape"),
      (#""\ud83c""#, 1, 2, "half a surrogate pair"), (#""\udf3a""#, 1, 2, "half a surrogate pair"),
      (#""\ud83c\u0041""#, 1, 2, "half a surrogate pair"),
      (#""\u12""#, 1, 2, "\\u without four hexadecimal digits"), ("01", 1, 1, "a number with a leading zero"),
      ("1.", 1, 3, "a digit goes here"),
      ("-", 1, 2, "a digit goes here"), ("1e999", 1, 1, "a number out of range"), ("1 2", 1, 3, "something follows the end of the value"),
      ("\u{FEFF}1", 1, 1, "not a value"),
    ])
  func refused(text: String, line: Int, column: Int, reason: String) {
    #expect {
      try JSON.parse(Array(text.utf8))
    } throws: { error in
      let error = error as? JSONError
      return error?.line == line && error?.column == column && error?.reason == reason
    }
  }

  @Test("Bytes that are not UTF-8, too deep or too many are refused")
  func bounds() throws {
    #expect(throws: JSONError.self) { try JSON.parse([0x22, 0xC0, 0x80, 0x22]) }
    #expect(throws: JSONError.self) { try JSON.parse([0x22, 0xED, 0xA0, 0x80, 0x22]) }
    let nested = { (depth: Int) in [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth) }
    #expect(try JSON.parse(nested(64)).array?.count == 1)
    #expect(throws: JSONError.self) { try JSON.parse(nested(65)) }
    #expect(throws: JSONError.self) { try JSON.parse([UInt8](repeating: 0x5B, count: 1 << 20)) }
    #expect(throws: JSONError.self) { try JSON.parse(Array("[1]".utf8), limits: .init(size: 2)) }
  }

  @Test("Bytes cut at any place never crash the parser")
  func cut() throws {
    let whole = Array(#"{"a": [1, -2.5e3, "x\n\ud83c\udfba"], "b": {"c": null, "d": true}}"#.utf8)
    for length in 0..<whole.count { #expect(throws: JSONError.self) { try JSON.parse(Array(whole.prefix(length))) } }
    #expect(try JSON.parse(JSON.parse(whole).bytes()) == JSON.parse(whole))
  }

  @Test("Members are found by key and by index")
  func accessors() throws {
    let json = try JSON.parse(Array(#"{"a": "x", "n": 3, "l": [true, 2.5], "z": null}"#.utf8))
    #expect(json["a"]?.string == "x")
    #expect(json["n"]?.int == 3 && json["n"]?.double == 3)
    #expect(json["l"]?[0]?.bool == true && json["l"]?[1]?.double == 2.5 && json["l"]?[2] == nil)
    #expect(json["z"]?.isNull == true && json["y"] == nil && json["a"]?["b"] == nil && json["a"]?.int == nil)
  }
}
