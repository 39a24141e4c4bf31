import Schedule

/// A request as it came: its head, and its body where that is collected.
struct TikTokRequest: Sendable {
  var method: String
  var path: String
  var query: String?
  /// Names in small letters, in their order.
  var fields: [(name: String, value: String)]
  var body: [UInt8] = []

  subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  /// `nil` where it has none, or one that is not a number.
  var contentLength: Int? { self["content-length"].flatMap { Self.number($0) }.map { Int($0) } }

  /// Digits only.
  static func number(_ text: some StringProtocol) -> Int64? { text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil }

  init?(head: String) {
    var lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
    let words = (lines.popFirst() ?? "").split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[2] == "HTTP/1.1" else { return nil }
    method = String(words[0])
    let parts = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(parts[0])
    query = parts.count == 2 ? String(parts[1]) : nil
    fields = []
    for line in lines where !line.isEmpty {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      fields.append((line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingSpaces()))
    }
  }
}

/// What goes back.
struct TikTokAnswer: Sendable {
  var status: Int
  var headers: [String: String] = [:]
  var body: [UInt8] = []
  /// The error's code, for the log of calls.
  var code = "ok"

  /// Of the data calls. Source: TikTok for Developers, Content Posting API.
  static func data(_ data: JSON) -> TikTokAnswer { json(200, ["data": data, "error": error("ok", "")]) }

  static func json(_ status: Int, _ json: JSON, code: String = "ok") -> TikTokAnswer {
    TikTokAnswer(status: status, headers: ["Content-Type": "application/json; charset=utf-8"], body: json.compactBytes(), code: code)
  }

  static func error(_ code: String, _ message: String) -> JSON {
    ["code": .string(code), "message": .string(message), "log_id": "202611270900000102030405060708"]
  }
}

/// Why a request is refused.
struct TikTokRefusal: Error {
  enum Blame { case client, circumstances }

  var status: Int
  var code: String
  var message: String
  /// Of the client where the documentation forbids what it did.
  var blame: Blame
  var headers: [String: String] = [:]

  init(_ status: Int, _ code: String, _ message: String, _ blame: Blame = .client, headers: [String: String] = [:]) {
    (self.status, self.code, self.message, self.blame, self.headers) = (status, code, message, blame, headers)
  }

  /// A field that is wrong: `invalid_param` in the documentation of posting, `invalid_params` in what it really returns.
  static func parameter(_ message: String) -> TikTokRefusal { TikTokRefusal(400, "invalid_params", message) }

  /// In the envelope of the data calls.
  var answer: TikTokAnswer {
    var answer = TikTokAnswer.json(status, ["data": [:], "error": TikTokAnswer.error(code, message)], code: code)
    answer.headers.merge(headers) { $1 }
    return answer
  }

  /// In the flat envelope of OAuth.
  func flatAnswer(status: Int) -> TikTokAnswer {
    TikTokAnswer.json(
      status, ["error": .string(code), "error_description": .string(message), "log_id": "202611270900000102030405060708"], code: code)
  }
}

extension StringProtocol {
  func trimmingSpaces() -> String {
    let rest = drop { $0 == " " || $0 == "\t" }
    guard let last = rest.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return String(rest[...last])
  }
}
