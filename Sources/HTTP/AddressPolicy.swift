/// Which addresses the host's operator lets requests go to. The repository has no say in it.
public struct AddressPolicy: Equatable, Sendable {
  /// Private addresses, and plain http to them, for every origin.
  public var allowsPrivateHosts: Bool
  /// Origins that may have private addresses, and plain http to them: the operator named them.
  public var origins: Set<Origin>
  /// Of what may be private, these hosts alone, for one request; `nil`: all of it.
  var hosts: Set<String>?

  public init(allowsPrivateHosts: Bool = false, origins: Set<Origin> = []) {
    self.allowsPrivateHosts = allowsPrivateHosts
    self.origins = origins
  }

  /// Public addresses over https.
  public static let publicOnly = AddressPolicy()

  /// Whether `origin` may have a private address, and be called over plain http then.
  public func allowsPrivate(_ origin: Origin) -> Bool {
    (allowsPrivateHosts || origins.contains(origin)) && (hosts?.contains(origin.host) ?? true)
  }

  func limited(to hosts: Set<String>?) -> AddressPolicy {
    var policy = self
    policy.hosts = hosts
    return policy
  }

  /// Why a connection to `address` on behalf of `origin` is refused; `nil` where it is not.
  func objection(to address: IPAddress, of origin: Origin) -> String? {
    if !address.isPublic {
      return allowsPrivate(origin) ? nil : "its address is private, which this host does not allow"
    }
    return origin.scheme == .http ? "plain http to a public address is never used" : nil
  }
}
