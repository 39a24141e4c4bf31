/// What gpgv said on its `--status-fd`. Its exit code is not enough: it is 0 for a key that is revoked. Source: GnuPG's doc/DETAILS.
package struct OpenPGPStatus {
  private let lines: [(keyword: String, values: [String])]

  package init(_ output: [UInt8]) {
    lines = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard words.count > 1, words[0] == "[GNUPG:]" else { return nil }
      return (words[1], Array(words.dropFirst(2)))
    }
  }

  /// Who signed, for people.
  ///
  /// - Parameter revoked: fingerprints of keys that do not count, whatever gpgv thinks of them.
  package func signer(except revoked: Set<String> = []) throws(SignatureError) -> String {
    let key =
      "the OpenPGP key \((self["ERRSIG"] ?? self["BADSIG"] ?? self["GOODSIG"] ?? self["EXPKEYSIG"] ?? self["REVKEYSIG"])?.first?.quoted ?? "?")"
    if self["BADSIG"] != nil { throw .mismatch(key) }
    if let missing = self["NO_PUBKEY"]?.first { throw .unknownKey("the OpenPGP key \(missing.quoted)") }
    if self["REVKEYSIG"] != nil { throw .notValid("\(revokedKey ?? key) is revoked") }
    if self["EXPKEYSIG"] != nil { throw .notValid("\(key) has expired; put the key with its new end into the file, if it has one") }
    if self["EXPSIG"] != nil { throw .notValid("it has expired") }
    if let values = self["ERRSIG"] {
      throw .unsupported("a key, hash or form that gpgv does not take (\(values.prefix(5).joined(separator: " ").quoted))")
    }
    guard count("NEWSIG") <= 1, count("GOODSIG") == 1, count("VALIDSIG") == 1, let valid = self["VALIDSIG"], valid.count >= 10,
      let who = self["GOODSIG"]
    else { throw .malformed("gpgv does not find one signature in it") }
    guard Self.hashes.contains(valid[7]) else { throw .unsupported("the hash number \(valid[7].quoted)") }
    guard valid[8] == "00" else { throw .malformed("it is not of a document") }
    if let gone = [valid[0], valid[9]].first(where: revoked.contains) { throw .notValid("the OpenPGP key \(gone) is revoked") }
    return who.dropFirst().joined(separator: " ")
  }

  private var revokedKey: String? { self["VALIDSIG"]?.first.map { "the OpenPGP key \($0.quoted)" } }

  private subscript(keyword: String) -> [String]? { lines.first { $0.keyword == keyword }?.values }

  private func count(_ keyword: String) -> Int { lines.count { $0.keyword == keyword } }

  /// SHA-2 and SHA-3 of 256 bits and more, by their numbers. Source: RFC 9580, section 9.5.
  private static let hashes: Set = ["8", "9", "10", "12", "14"]
}
