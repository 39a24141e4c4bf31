import FoundationEssentials
public import HTTP

/// Where a repository's large files are kept, and what proves there who we are.
public struct Server: Sendable {
  /// Who named it.
  public enum Choice: Equatable, Sendable {
    /// It belongs to the remote itself.
    case remote
    /// `lfs.url` of the repository's own configuration on this host.
    case host
    /// `lfs.url` of the repository's `.lfsconfig`, which is no more than what somebody pushed.
    case repository
  }

  public let url: Endpoint
  public let choice: Choice
  let credential: BasicCredential?
  /// Hosts that it may be at, or lead to, although their addresses are private; `nil`: all that this host allows.
  let privateHosts: Set<String>?

  /// - Parameters:
  ///   - url: as Git LFS names a server; `/objects/batch` is below it.
  ///   - credential: sent to its own origin alone, and never to a server that the repository chose.
  ///   - privateHosts: where a server that the repository chose may be, or lead to, in a private network.
  public init(_ url: Endpoint, choice: Choice, credential: BasicCredential?, privateHosts: Set<String> = []) {
    (self.url, self.choice) = (url, choice)
    self.credential = choice != .repository && credential?.origin == url.origin ? credential : nil
    self.privateHosts = choice == .repository ? privateHosts : nil
  }

  public var origin: Origin { url.origin }

  /// What `path` is called there; `nil` where that would be too long.
  func endpoint(_ path: String) -> Endpoint? {
    try? Endpoint((url.text.hasSuffix("/") ? String(url.text.dropLast()) : url.text) + path)  // every problem means the same here
  }
}

/// A name and a password or token for one origin. Its description shows neither.
public struct BasicCredential: Sendable, CustomStringConvertible, CustomReflectable {
  public let origin: Origin
  private let user: String
  private let password: String

  public init(user: String, password: String, origin: Origin) {
    (self.user, self.password, self.origin) = (user, password, origin)
  }

  /// Source: RFC 7617.
  var authorization: String { "Basic " + encoded }

  /// What must not be in a text that people see.
  var secrets: [String] { [password, encoded] }

  private var encoded: String { Data("\(user):\(password)".utf8).base64EncodedString() }

  public var description: String { "a credential for \(origin)" }
  public var customMirror: Mirror { Mirror(self, children: ["origin": origin]) }
}
