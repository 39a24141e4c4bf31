import FoundationEssentials

/// Who may sign, in the format that git and OpenSSH share. Source: ALLOWED SIGNERS of ssh-keygen(1).
struct AllowedSigners: Sendable {
  struct Entry: Sendable {
    let principals: String
    let key: SSHPublicKey
    let blob: [UInt8]
    /// `nil` allows all.
    var namespaces: [String]?
    /// Seconds since 1970.
    var validAfter: Int64?
    var validBefore: Int64?
  }

  private(set) var entries: [Entry] = []

  /// - Throws: for any line that is not understood: one that is passed over might have been a limit.
  init(_ bytes: [UInt8]) throws(SignerFileError) {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw SignerFileError(line: nil, reason: "is no UTF-8") }
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let line = line.trimmed
      guard !line.isEmpty, !line.hasPrefix("#") else { continue }
      entries.append(try Self.entry(line, number: index + 1))
    }
  }

  private static func entry(_ line: String, number: Int) throws(SignerFileError) -> Entry {
    func wrong(_ reason: String) -> SignerFileError { SignerFileError(line: number, reason: reason) }
    var words = words(line)
    guard words.count >= 3 else { throw wrong("needs principals, a key's type and the key") }
    let principals = words.removeFirst()
    guard !principals.isEmpty else { throw wrong("names no principal") }
    var options: [String] = []
    if !isKeyType(words[0]) { options = split(words.removeFirst()) }
    guard words.count >= 2, isKeyType(words[0]), let data = Data(base64Encoded: words[1]) else {
      throw wrong("has no key that can be read after its principals and options")
    }
    let key: SSHPublicKey
    do throws(SignatureError) { key = try SSHPublicKey(blob: Array(data)) } catch { throw wrong("has a key that cannot be used: \(error)") }
    guard key.type == words[0] else { throw wrong("says \(words[0].quoted), and its key is of the type \(key.type.quoted)") }
    var entry = Entry(principals: principals, key: key, blob: Array(data))
    for option in options { try take(option, into: &entry, wrong) }
    return entry
  }

  private static func take(_ option: String, into entry: inout Entry, _ wrong: (String) -> SignerFileError) throws(SignerFileError) {
    let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
    let value = parts.count == 2 ? parts[1] : nil
    switch (parts.first?.lowercased(), value) {
    case ("cert-authority", nil):
      throw wrong("has cert-authority, and certificates are not accepted; list the keys themselves")
    case ("namespaces", let value?): entry.namespaces = value.split(separator: ",").map(String.init)
    case ("valid-after", let value?): entry.validAfter = try time(value, wrong)
    case ("valid-before", let value?): entry.validBefore = try time(value, wrong)
    default: throw wrong("has the option \"\(option.quoted)\"; known are namespaces=, valid-after= and valid-before=")
    }
  }

  /// `YYYYMMDD[HHMM[SS]][Z]`, in UTC with and without the `Z`: the zone of a host is no part of who may sign.
  private static func time(_ text: String, _ wrong: (String) -> SignerFileError) throws(SignerFileError) -> Int64 {
    let digits = text.hasSuffix("Z") ? text.dropLast() : Substring(text)
    guard [8, 12, 14].contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw wrong("has the time \"\(text.quoted)\", which is not YYYYMMDD or YYYYMMDDHHMM, with a Z at its end")
    }
    func part(_ start: Int, _ count: Int) -> Int { Int(digits.dropFirst(start).prefix(count)) ?? 0 }
    var components = DateComponents()
    (components.year, components.month, components.day) = (part(0, 4), part(4, 2), part(6, 2))
    (components.hour, components.minute, components.second) = (part(8, 2), part(10, 2), part(12, 2))
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    guard components.isValidDate(in: calendar), let date = calendar.date(from: components) else {
      throw wrong("has the time \"\(text.quoted)\", which there is not")
    }
    return Int64(date.timeIntervalSince1970)
  }

  private static func isKeyType(_ word: String) -> Bool {
    ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"].contains { word.hasPrefix($0) } && !word.contains("=")
  }

  /// Words separated by blanks; quotes keep blanks in, and stay for ``split(_:)``.
  private static func words(_ line: String) -> [String] { pieces(line, keepsQuotes: true) { $0 == " " || $0 == "\t" } }

  /// Options separated by commas that no quotes hold; the quotes go.
  private static func split(_ options: String) -> [String] { pieces(options, keepsQuotes: false) { $0 == "," } }

  private static func pieces(_ text: String, keepsQuotes: Bool, at isSeparator: (Character) -> Bool) -> [String] {
    var (pieces, piece, isQuoted) = ([String](), "", false)
    for character in text {
      if character == "\"" {
        isQuoted.toggle()
        if keepsQuotes { piece.append(character) }
      } else if !isQuoted, isSeparator(character) {
        if !piece.isEmpty { pieces.append(piece) }
        piece = ""
      } else {
        piece.append(character)
      }
    }
    return piece.isEmpty ? pieces : pieces + [piece]
  }
}

extension AllowedSigners.Entry {
  /// Why the key did not count for git at `time`; `nil` where it did.
  func fault(at time: Int64) -> String? {
    if let namespaces, !namespaces.contains(where: { $0 == "git" || $0 == "*" }) { return "the key is not allowed for git" }
    if let validAfter, time < validAfter { return "the key is allowed from a later time on" }
    if let validBefore, time > validBefore { return "the key was allowed until an earlier time" }
    return nil
  }
}
