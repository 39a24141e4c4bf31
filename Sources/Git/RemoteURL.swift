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
    if let (name, rest) = Self.divide(text) {
      let name = name.lowercased()
      scheme = Scheme(rawValue: name == "git+ssh" || name == "ssh+git" ? "ssh" : name).flatMap { $0 == .path ? nil : $0 } ?? .other
      let authority = scheme == .file ? rest.prefix(0) : Self.authority(rest)
      path = String(rest[authority.endIndex...])
      let (user, place) = RemoteURL.split(authority)
      self.user = user
      (host, port) = RemoteURL.address(place, default: scheme)
    } else if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), !text[..<colon].utf8.contains(UInt8(ascii: "/")),
      colon != text.startIndex
    {
      scheme = .ssh
      path = String(Substring(text.utf8[colon...].dropFirst()))
      let (user, place) = RemoteURL.split(text[..<colon])
      self.user = user
      (host, port) = (place.lowercased(), 22)
    } else {
      (scheme, user, host, port, path) = (.path, nil, "", nil, text)
    }
  }

  /// The URL as it may be shown: without its credential, whatever characters that has. A `#` or a `?` in a password ends the authority, and so does
  /// a slash, which leaves a host with a port that is no number: what stands there is no less secret for it.
  public var shown: String {
    guard let (scheme, rest) = Self.divide(text) else { return printable(text) }
    let (bytes, authority) = (rest.utf8, rest.utf8.prefix { $0 != UInt8(ascii: "/") })
    let at = UInt8(ascii: "@")
    let port = authority.last == UInt8(ascii: "]") ? nil : authority.lastIndex(of: UInt8(ascii: ":")).map { authority[$0...].dropFirst() }
    let isCut = port.map { !$0.isEmpty && Int(Substring($0)) == nil } ?? false
    let end = authority.lastIndex(of: at) ?? (isCut ? bytes.lastIndex(of: at) : nil)
    let place = end.map { bytes[bytes.index(after: $0)...] } ?? bytes[...]
    return printable("\(scheme)://\(Substring(place))")
  }

  public var description: String { shown }
  /// The address may hold a password.
  public var customMirror: Mirror { Mirror(self, children: ["shown": shown]) }

  /// Scheme, host and port: what a credential is bound to. Nil for what needs no credential.
  public var origin: String? { port.map { "\(scheme.rawValue)://\(host):\($0)" } }
  var isLocalPath: Bool { scheme == .path }
  /// A repository of this machine's file system: it is read in place, and written by compare-and-swap, never pushed to.
  public var isLocal: Bool { scheme == .path || scheme == .file }

  // In bytes, as libgit2 reads it: to Swift a slash with a combining mark behind it is one character and no slash, and the password for
  // one host would go to another.

  private static func divide(_ text: String) -> (scheme: Substring, rest: Substring)? {
    guard let separator = text.utf8.firstRange(of: Array("://".utf8)) else { return nil }
    return (text[..<separator.lowerBound], text[separator.upperBound...])
  }

  private static func authority(_ rest: Substring) -> Substring { Substring(rest.utf8.prefix { !"/?#".utf8.contains($0) }) }

  private static func split(_ authority: Substring) -> (user: String?, place: Substring) {
    guard let at = authority.utf8.lastIndex(of: UInt8(ascii: "@")) else { return (nil, authority) }
    let user = Substring(authority[..<at].utf8.prefix { $0 != UInt8(ascii: ":") })
    return (user.isEmpty ? nil : String(user), authority[authority.utf8.index(after: at)...])
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
    let bytes = place.utf8
    if bytes.first == UInt8(ascii: "["), let end = bytes.firstIndex(of: UInt8(ascii: "]")) {
      return (Substring(bytes[..<end].dropFirst()).lowercased(), Int(Substring(bytes[end...].dropFirst(2))) ?? own)
    }
    guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return (place.lowercased(), own) }
    return (place[..<colon].lowercased(), Int(Substring(bytes[colon...].dropFirst())) ?? own)
  }
}
