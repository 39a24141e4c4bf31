/// What a URL in a file may look like. Where it leads, and whether it may be called, is the host's to decide.
enum WebAddress {
  /// Why `text` is not an absolute URL of one of `schemes` without userinfo; `nil` where it is one. Source: RFC 3986, 3.
  static func fault(of text: String, schemes: [String]) -> String? {
    guard text.utf8.count <= 2048 else { return "is longer than 2048 bytes" }
    guard text.utf8.allSatisfy(mayStand) else { return "has a character that a URL cannot have; percent-encode it" }
    // All of it is ASCII, so bytes are characters, and much quicker.
    let bytes = text.utf8
    guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: "://".utf8) }) else {
      return "\(quoted(text)) is not an absolute URL"
    }
    let scheme = text[..<end].lowercased()
    guard schemes.contains(scheme) else {
      return "must start with \(schemes.joined(separator: " or "))://, not \(quoted(scheme))"
    }
    let authority = Substring(
      bytes[end...].dropFirst(3).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
    guard !authority.utf8.contains(UInt8(ascii: "@")) else { return "must not contain a user name or password" }
    guard let (host, port) = split(authority), isHost(host) else { return "has no valid host" }
    guard let port else { return nil }
    guard let number = Int(port), (1...65535).contains(number), port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return "has no valid port"
    }
    return nil
  }

  private static func mayStand(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"),
      UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
      false
    default: (0x21...0x7E).contains(byte)
    }
  }

  private static func split(_ authority: Substring) -> (host: Substring, port: Substring?)? {
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      let rest = authority[authority.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
      return (authority[...end], rest.isEmpty ? nil : rest.dropFirst())
    }
    guard let colon = authority.utf8.firstIndex(of: UInt8(ascii: ":")) else { return (authority, nil) }
    return (authority[..<colon], authority[authority.utf8.index(after: colon)...])
  }

  private static func isHost(_ host: Substring) -> Bool {
    if host.hasPrefix("[") {
      let inside = host.dropFirst().dropLast()
      return inside.contains(":") && inside.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
    }
    let bytes = host.utf8
    let labels = (bytes.last == UInt8(ascii: ".") ? bytes.dropLast() : bytes).split(
      separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return bytes.count <= 253 && labels.allSatisfy(isLabel)
  }

  private static func isLabel(_ label: Substring.UTF8View) -> Bool {
    guard (1...63).contains(label.count), label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-") else { return false }
    return label.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
  }
}
