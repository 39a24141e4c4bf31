public import HTTP
public import LFS

/// How this host reaches servers of Git LFS.
public struct MediaAccess: Sendable {
  let send: @Sendable (Request) async throws(HTTPError) -> Response
  /// For the remote's own server, where that is at the credential's origin.
  let credential: BasicCredential?

  public init(send: @escaping @Sendable (Request) async throws(HTTPError) -> Response, credential: BasicCredential? = nil) {
    (self.send, self.credential) = (send, credential)
  }
}
