/// Where a remote repository is, taken apart as git does: `scheme://[user[:password]@]host[:port]/path`, `[user@]host:path` or a path.
public struct RemoteURL: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
  public enum Scheme: String, Hashable, Sendable { case https, http, ssh, git, file, path, other }

  public let text: String
  public let scheme: Scheme
  public let user: String?
  /// Lowercase; empty for paths and files. An IPv6 address without its brackets.
  public let host: String
  /// The port given, else the scheme's own; nil for paths, files and schemes that we do not know.
  public let port: Int?
  /// The path on the host, or of the local repository.
  public let path: String

  public init(_ text: String) {
    self.text = text
    if let separator = text.firstRange(of: "://") {
      let name = text[..<separator.lowerBound].lowercased()
      scheme = Scheme(rawValue: name == "git+ssh" || name == "ssh+git" ? "ssh" : name).flatMap { $0 == .path ? nil : $0 } ?? .other
      let rest = text[separator.upperBound...]
      let authority = scheme == .file ? rest.prefix(0) : rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
      path = String(rest[authority.endIndex...])
      let (user, place) = RemoteURL.split(authority)
      self.user = user
      (host, port) = RemoteURL.address(place, default: scheme)
    } else if let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/"), colon != text.startIndex {
      scheme = .ssh
      path = String(text[text.index(after: colon)...])
      let (user, place) = RemoteURL.split(text[..<colon])
      self.user = user
      (host, port) = (place.lowercased(), 22)
    } else {
      (scheme, user, host, port, path) = (.path, nil, "", nil, text)
    }
  }

  /// The URL as it may be shown: without its credential, whatever characters that has.
  public var shown: String {
    guard let separator = text.firstRange(of: "://") else { return printable(text) }
    let rest = text[separator.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    return printable(String(text[..<separator.upperBound] + place + rest[authority.endIndex...]))
  }

  public var description: String { shown }
  /// The address may hold a password.
  public var customMirror: Mirror { Mirror(self, children: ["shown": shown]) }

  /// Scheme, host and port: what a credential is bound to. Nil for what needs no credential.
  public var origin: String? { port.map { "\(scheme.rawValue)://\(host):\($0)" } }
  var isLocalPath: Bool { scheme == .path }
  /// A repository of this machine's file system: it is read in place, and written by compare-and-swap, never pushed to.
  public var isLocal: Bool { scheme == .path || scheme == .file }

  private static func split(_ authority: Substring) -> (user: String?, place: Substring) {
    guard let at = authority.lastIndex(of: "@") else { return (nil, authority) }
    let user = authority[..<at].prefix { $0 != ":" }
    return (user.isEmpty ? nil : String(user), authority[authority.index(after: at)...])
  }

  private static func address(_ place: Substring, default scheme: Scheme) -> (host: String, port: Int?) {
    let own: Int? =
      switch scheme {
      case .https: 443
      case .http: 80
      case .ssh: 22
      case .git: 9418
      case .file, .path, .other: nil
      }
    if place.hasPrefix("["), let end = place.firstIndex(of: "]") {
      let port = place[place.index(after: end)...].dropFirst()
      return (place[place.index(after: place.startIndex)..<end].lowercased(), Int(port) ?? own)
    }
    guard let colon = place.lastIndex(of: ":") else { return (place.lowercased(), own) }
    return (place[..<colon].lowercased(), Int(place[place.index(after: colon)...]) ?? own)
  }
}
