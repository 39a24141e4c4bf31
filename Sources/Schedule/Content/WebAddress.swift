/// What a URL in a file may look like. Where it leads, and whether it may be called, is the host's to decide.
enum WebAddress {
  /// Why `text` is not an absolute URL of one of `schemes` without userinfo; `nil` where it is one. Source: RFC 3986, 3.
  static func fault(of text: String, schemes: [String]) -> String? {
    guard text.utf8.count <= 2048 else { return "is longer than 2048 bytes" }
    var text = text
    return text.withUTF8 { fault(of: $0, schemes) }
  }

  private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

  private static func fault(of bytes: UnsafeBufferPointer<UInt8>, _ schemes: [String]) -> String? {
    guard bytes.allSatisfy(mayStand) else { return "has a character that a URL cannot have; percent-encode it" }
    // All of it is ASCII, so bytes are characters, and much quicker.
    guard let end = endOfScheme(in: bytes) else { return "\(quoted(text(bytes[...]))) is not an absolute URL" }
    let scheme = text(bytes[..<end]).lowercased()
    guard schemes.contains(scheme) else {
      return "must start with \(schemes.joined(separator: " or "))://, not \(quoted(scheme))"
    }
    let authority = bytes[(end + 3)...].prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    guard !authority.contains(UInt8(ascii: "@")) else { return "must not contain a user name or password" }
    guard let (host, port) = split(authority), isHost(host) else { return "has no valid host" }
    guard let port else { return nil }
    guard let number = Int(text(port)), (1...65535).contains(number), port.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return "has no valid port"
    }
    return nil
  }

  private static func text(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func endOfScheme(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    bytes.indices.dropLast(2).first { place in
      bytes[place] == UInt8(ascii: ":") && bytes[place + 1] == UInt8(ascii: "/") && bytes[place + 2] == UInt8(ascii: "/")
    }
  }

  private static func mayStand(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"),
      UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
      false
    default: (0x21...0x7E).contains(byte)
    }
  }

  private static func split(_ authority: Bytes) -> (host: Bytes, port: Bytes?)? {
    if authority.first == UInt8(ascii: "[") {
      guard let end = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
      let rest = authority[(end + 1)...]
      guard rest.isEmpty || rest.first == UInt8(ascii: ":") else { return nil }
      return (authority[...end], rest.isEmpty ? nil : rest.dropFirst())
    }
    guard let colon = authority.firstIndex(of: UInt8(ascii: ":")) else { return (authority, nil) }
    return (authority[..<colon], authority[(colon + 1)...])
  }

  private static func isHost(_ host: Bytes) -> Bool {
    if host.first == UInt8(ascii: "[") {
      let inside = host.dropFirst().dropLast()
      return inside.contains(UInt8(ascii: ":"))
        && inside.allSatisfy { isDigit($0) || (0x61...0x66).contains($0 | 0x20) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
    }
    var rest = host.last == UInt8(ascii: ".") ? host.dropLast() : host
    while let dot = rest.firstIndex(of: UInt8(ascii: ".")) {
      guard isLabel(rest[..<dot]) else { return false }
      rest = rest[(dot + 1)...]
    }
    return host.count <= 253 && isLabel(rest)
  }

  private static func isLabel(_ label: Bytes) -> Bool {
    guard (1...63).contains(label.count), label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-") else { return false }
    return label.allSatisfy { byte in
      isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
