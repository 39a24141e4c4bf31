/// Scheme, host and port: where a request goes, and what a credential is bound to. Never a path, a query or a secret.
public struct Origin: Hashable, Sendable, CustomStringConvertible {
  public enum Scheme: String, Hashable, Sendable {
    case http, https

    /// The port that stands for none.
    public var port: UInt16 { self == .http ? 80 : 443 }
  }

  public let scheme: Scheme
  /// In small letters; international names in their ASCII form; IPv6 addresses in brackets.
  public let host: String
  public let port: UInt16

  public init(scheme: Scheme, host: String, port: UInt16? = nil) {
    self.scheme = scheme
    self.host = host.lowercased()
    self.port = port ?? scheme.port
  }

  /// Reads what ``description`` writes; any URL stands for its origin. `nil` where an ``Endpoint`` refuses it.
  public init?(_ text: String) {
    guard let origin = try? Endpoint(text).origin else { return nil }  // the caller has its own words for what is wrong
    self = origin
  }

  /// `https://hooks.example`, `http://127.0.0.1:8080`: the port only where it is not the scheme's own.
  public var description: String { "\(scheme)://\(host)" + (port == scheme.port ? "" : ":\(port)") }
}
