public import HTTP
public import LFS

/// How this host reaches servers of Git LFS.
public struct MediaAccess: Sendable {
  let send: @Sendable (Request) async throws(HTTPError) -> Response
  /// For the remote's own server, where that is at the credential's origin.
  let credential: BasicCredential?
  /// Hosts that a server which `.lfsconfig` names may be at, although their addresses are private, beside that of the remote.
  let privateHosts: Set<String>

  public init(
    send: @escaping @Sendable (Request) async throws(HTTPError) -> Response, credential: BasicCredential? = nil,
    privateHosts: Set<String> = []
  ) {
    (self.send, self.credential, self.privateHosts) = (send, credential, privateHosts)
  }
}
