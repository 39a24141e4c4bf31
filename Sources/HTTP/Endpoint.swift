import CCurl

/// An absolute `http:` or `https:` URL without user name and password, as libcurl reads it: what is checked is what is called.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
  /// The whole URL without its fragment. Paths and queries may hold secrets (a webhook's often do): not for messages.
  public let text: String
  public let origin: Origin

  /// Why a text is not an endpoint.
  public enum Problem: Error, Equatable, Sendable {
    case unreadable, tooLong, notHTTP, hasUserinfo, hasNoHost, hasZone
    /// libcurl, which reads it, is missing: whoever reads endpoints has asked ``Library/look()`` before.
    case noLibrary
  }

  /// At most 4,096 bytes.
  ///
  /// - Source: `curl_url_set`, `curl_url_get`.
  public init(_ text: String) throws(Problem) { try self.init(text, relativeTo: nil) }

  private static let longest = 4096

  private init(_ text: String, relativeTo base: Endpoint?) throws(Problem) {
    guard text.utf8.count <= Self.longest else { throw .tooLong }
    do throws(MissingLibrary) { try Library.start() } catch { throw .noLibrary }
    guard text.unicodeScalars.allSatisfy(isVisible), let url = curl_url() else { throw .unreadable }
    defer { curl_url_cleanup(url) }
    for text in [base?.text, text].compactMap({ $0 }) {  // a second one is read as a reference from the first
      guard curl_url_set(url, CURLUPART_URL, text, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK else { throw .unreadable }
    }

    func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
      var value: UnsafeMutablePointer<CChar>?
      guard posthorn_url_get(url, part, &value, UInt32(flags)) == CURLUE_OK, let value else { return nil }
      defer { curl_free(value) }
      return String(cString: value)
    }
    guard let scheme = part(CURLUPART_SCHEME).flatMap({ Origin.Scheme(rawValue: $0.lowercased()) }) else { throw .notHTTP }
    guard part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil else { throw .hasUserinfo }
    guard part(CURLUPART_ZONEID) == nil else { throw .hasZone }
    guard let host = part(CURLUPART_HOST, CURLU_PUNYCODE), !host.isEmpty else { throw .hasNoHost }
    // libcurl has taken escapes apart, and would take what is left apart once more.
    guard !host.utf8.contains(UInt8(ascii: "%")) else { throw .unreadable }
    guard let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ UInt16($0) }) else { throw .unreadable }
    guard curl_url_set(url, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK, let whole = part(CURLUPART_URL, CURLU_PUNYCODE) else {
      throw .unreadable
    }
    guard whole.utf8.count <= Self.longest else { throw .tooLong }  // what was escaped takes more room
    self.text = whole
    origin = Origin(scheme: scheme, host: host, port: port)
  }

  /// What `reference`, the value of a `Location` field, names from here; `nil` where that is no endpoint.
  func resolving(_ reference: String) -> Endpoint? {
    try? Endpoint(reference, relativeTo: self)  // every problem means the same here: not a place to go
  }

  /// Only the origin.
  public var description: String { "\(origin)/…" }
}

extension Endpoint.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable: "is not an absolute URL"
    case .tooLong: "is longer than 4096 bytes"
    case .notHTTP: "is neither https nor http"
    case .hasUserinfo: "holds a user name or password, which belong into a credential"
    case .hasNoHost: "names no host"
    case .hasZone: "holds an IPv6 zone"
    case .noLibrary: "cannot be read without libcurl; on Debian: apt-get install libcurl4"
    }
  }
}

/// Letters of all scripts may stand in a host's name; nothing that cannot be seen stands anywhere.
private func isVisible(_ character: Unicode.Scalar) -> Bool {
  if character.isASCII { return character.value > 0x20 && character.value != 0x7F }
  switch character.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator: return false
  default: return true
  }
}
