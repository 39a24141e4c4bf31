public import Schedule

/// What other commands ask of a running daemon, a line each.
public enum ControlRequest: Equatable, Sendable {
  case reconcile
  /// The same, answered when it is done, with what came of it as text or as JSON.
  case pass(json: Bool)
  case resumeBurst(commit: String)
  case resumeClock
  case takeOver
  /// A person vouches for a key, by the beginning of its id; who that is.
  case newKey(String, by: String)
  /// The branch was rewritten on purpose: the beginning of the commit that it goes on from, and who says so.
  case rewritten(commit: String, by: String)
  /// No account is all of them.
  case sync([AccountName])
  /// `again` is a person's word that what went out under another name is to be sent once more.
  case retry(PostID, AccountName?, again: Bool = false, by: String)
  case resolve(DeliveryID, PersonsWord, by: String)
  /// A person looked at a delivery that was recorded twice; who that is.
  case seen(DeliveryID, by: String)

  /// `nil` for anything but what ``line`` makes.
  public init?(_ line: String) {
    let words = line.split(separator: " ")
    switch (words.first, words.count) {
    case ("reconcile", 1): self = .reconcile
    case ("pass", 2) where words[1] == "text" || words[1] == "json": self = .pass(json: words[1] == "json")
    case ("sync", _):
      let names = words.dropFirst().compactMap { AccountName($0) }
      guard names.count == words.count - 1 else { return nil }
      self = .sync(names)
    case ("resume-burst", 2):
      guard words[1].utf8.count <= 64, words[1].utf8.allSatisfy(isHexadecimal) else { return nil }
      self = .resumeBurst(commit: String(words[1]))
    case ("resume-clock", 1): self = .resumeClock
    case ("take-over", 1): self = .takeOver
    case ("new-key", 3):
      guard (7...32).contains(words[1].utf8.count), words[1].utf8.allSatisfy(isHexadecimal) else { return nil }
      self = .newKey(String(words[1]), by: words[2].unescaped)
    case ("rewritten", 3):
      guard (7...64).contains(words[1].utf8.count), words[1].utf8.allSatisfy(isHexadecimal) else { return nil }
      self = .rewritten(commit: String(words[1]), by: words[2].unescaped)
    case ("retry", 3), ("retry", 4), ("retry-again", 3), ("retry-again", 4):
      guard let post = PostID(words[2]) else { return nil }
      let account = words.count == 4 ? AccountName(words[3]) : nil
      guard words.count == 3 || account != nil else { return nil }
      self = .retry(post, account, again: words[0] == "retry-again", by: words[1].unescaped)
    case ("resolve", 5), ("resolve", 6):
      guard let post = PostID(words[2]), let account = AccountName(words[3]),
        let word = PersonsWord(String(words[4]), url: words.count == 6 ? String(words[5]) : nil)
      else { return nil }
      self = .resolve(DeliveryID(post: post, account: account), word, by: words[1].unescaped)
    case ("seen", 4):
      guard let post = PostID(words[1]), let account = AccountName(words[2]) else { return nil }
      self = .seen(DeliveryID(post: post, account: account), by: words[3].unescaped)
    default: return nil
    }
  }

  public var line: String {
    switch self {
    case .reconcile: "reconcile"
    case .pass(let isJSON): "pass \(isJSON ? "json" : "text")"
    case .resumeBurst(let commit): "resume-burst \(commit)"
    case .resumeClock: "resume-clock"
    case .takeOver: "take-over"
    case .newKey(let key, let person): "new-key \(key) \(person.escaped)"
    case .rewritten(let commit, let person): "rewritten \(commit) \(person.escaped)"
    case .sync(let accounts): (["sync"] + accounts.map(\.text)).joined(separator: " ")
    case .retry(let post, let account, let again, let person):
      "retry\(again ? "-again" : "") \(person.escaped) \(post)" + (account.map { " \($0)" } ?? "")
    case .seen(let id, let person): "seen \(id.post) \(id.account) \(person.escaped)"
    case .resolve(let id, let word, let person): "resolve \(person.escaped) \(id.post) \(id.account) \(word.text)"
    }
  }
}

private func isHexadecimal(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }

extension StringProtocol {
  /// As one word of a line: bytes that are no letter, digit or one of `@.-_` in hexadecimal, each behind a percent sign.
  fileprivate var escaped: String {
    let text = utf8.map { byte -> String in
      let isPlain = isHexadecimal(byte) || (0x67...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || "@.-_".utf8.contains(byte)
      return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
    return text.isEmpty ? "%20" : text
  }

  /// What ``escaped`` was made of.
  fileprivate var unescaped: String {
    var (bytes, rest) = ([UInt8](), Array(utf8)[...])
    while let next = rest.popFirst() {
      let code = String(decoding: rest.prefix(2), as: UTF8.self)
      if next == UInt8(ascii: "%"), code.utf8.count == 2, let byte = UInt8(code, radix: 16) {
        bytes.append(byte)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(next)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
