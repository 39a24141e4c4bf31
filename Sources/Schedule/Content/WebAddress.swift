/// What a URL in a file may look like. Where it leads, and whether it may be called, is the host's to decide.
enum WebAddress {
  /// Why `text` is not an absolute URL of one of `schemes` without userinfo; `nil` where it is one. Source: RFC 3986, 3.
  static func fault(of text: String, schemes: [String]) -> String? {
    let allowed = schemes.joined(separator: " or ")
    guard text.utf8.count <= 2048 else { return "is longer than 2048 bytes" }
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }) else {
      return "has a character that a URL cannot have; percent-encode it"
    }
    guard let separator = text.firstRange(of: "://") else { return "\(quoted(text)) is not an absolute URL" }
    let scheme = text[..<separator.lowerBound].lowercased()
    guard schemes.contains(scheme) else { return "must start with \(allowed)://, not \(quoted(scheme))" }
    let authority = text[separator.upperBound...].prefix { !"/?#".contains($0) }
    guard !authority.contains("@") else { return "must not contain a user name or password" }
    guard let (host, port) = split(authority), isHost(host) else { return "has no valid host" }
    guard let port else { return nil }
    guard let number = Int(port), (1...65535).contains(number), port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return "has no valid port"
    }
    return nil
  }

  private static func split(_ authority: Substring) -> (host: Substring, port: Substring?)? {
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      let rest = authority[authority.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
      return (authority[...end], rest.isEmpty ? nil : rest.dropFirst())
    }
    let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return (parts[0], parts.count == 2 ? parts[1] : nil)
  }

  private static func isHost(_ host: Substring) -> Bool {
    if host.hasPrefix("[") {
      let inside = host.dropFirst().dropLast()
      return inside.contains(":") && inside.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
    }
    let labels = (host.hasSuffix(".") ? host.dropLast() : host).split(separator: ".", omittingEmptySubsequences: false)
    return host.utf8.count <= 253
      && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
          && label.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F
          }
      }
  }
}
