import Schedule

/// The members of an object in a request, taken one by one: those that are left over are unknown to TikTok.
struct TikTokFields {
  private var members: [String: JSON]
  private let path: String

  /// Of a body.
  init(body: [UInt8]) throws(TikTokRefusal) {
    guard let members = (try? JSON.parse(body))?.object else { throw .parameter("the body is not one object of JSON") }
    (self.members, path) = (members, "")
  }

  private init(_ members: [String: JSON], path: String) { (self.members, self.path) = (members, path) }

  /// The object called `name`; empty where there is none.
  mutating func object(_ name: String) throws(TikTokRefusal) -> TikTokFields {
    let value = try take(name, "an object") { $0.object }
    return TikTokFields(value ?? [:], path: "\(path)\(name).")
  }

  mutating func text(_ name: String) throws(TikTokRefusal) -> String? { try take(name, "text") { $0.string } }
  mutating func flag(_ name: String) throws(TikTokRefusal) -> Bool? { try take(name, "true or false") { $0.bool } }
  mutating func number(_ name: String) throws(TikTokRefusal) -> Int64? { try take(name, "a whole number") { $0.int } }

  /// At most `limit` UTF-16 code units.
  mutating func text(_ name: String, atMost limit: Int) throws(TikTokRefusal) -> String? {
    guard let text = try text(name) else { return nil }
    guard text.utf16.count <= limit else { throw .parameter("\(path)\(name) has \(text.utf16.count) UTF-16 units, more than \(limit)") }
    return text
  }

  mutating func texts(_ name: String) throws(TikTokRefusal) -> [String]? {
    try take(name, "a list of texts") { value in
      guard let list = value.array else { return nil }
      let texts = list.compactMap(\.string)
      return texts.count == list.count ? texts : nil
    }
  }

  func missing(_ name: String) -> TikTokRefusal { .parameter("\(path)\(name) is missing") }
  func wrong(_ name: String, _ what: String) -> TikTokRefusal { .parameter("\(path)\(name) \(what)") }

  /// What nobody has taken.
  var leftOver: [String] { members.keys.sorted().map { "\(path)\($0)" } }
  /// All that is here now.
  var all: [String: JSON] { members }

  private mutating func take<Value>(_ name: String, _ kind: String, _ read: (JSON) -> Value?) throws(TikTokRefusal) -> Value? {
    guard let json = members.removeValue(forKey: name) else { return nil }
    guard let value = read(json) else { throw .parameter("\(path)\(name) is not \(kind)") }
    return value
  }
}
