import CCurl

/// Sends requests over libcurl, on one thread of its own.
///
/// Redirects, private addresses, proxies and anything that the environment says are refused unless asked for; TLS is always verified.
/// Cancelling a task does not abort its request: what was begun ends with an answer or at its deadline, so that no caller loses an outcome.
public final class Client: Sendable {
  public struct Settings: Equatable, Sendable {
    public var policy: AddressPolicy
    /// A PEM file with the certificate authorities to trust; `nil` is the system's.
    public var authorities: String?
    public var userAgent: String

    public init(policy: AddressPolicy = .publicOnly, authorities: String? = nil, userAgent: String = "posthorn") {
      self.policy = policy
      self.authorities = authorities
      self.userAgent = userAgent
    }
  }

  public let settings: Settings
  private let loop: Loop

  /// Starts the thread.
  public init(_ settings: Settings = Settings()) {
    self.settings = settings
    loop = Loop.start()
  }

  deinit { loop.stop() }

  /// The descriptors of its connections.
  public var sockets: Sockets { loop.sockets }

  /// One request, and its answer of any status.
  ///
  /// - Throws: where there is no whole answer; the error says whether anything of the request may have been sent.
  public func send(_ request: Request) async throws(HTTPError) -> Response {
    guard case .checked(let maximum) = request.redirects, request.method == .get || request.method == .head else {
      return try await perform(request, deadline: request.deadline)
    }
    return try await follow(request, atMost: maximum)
  }

  /// Takes no more requests, lets those under way end, and returns when the thread has. May be called more than once.
  public func shutdown() async {
    await withCheckedContinuation { continuation in loop.stop { continuation.resume() } }
  }

  func perform(_ request: Request, deadline: Duration) async throws(HTTPError) -> Response {
    let origin = request.url.origin
    guard origin.scheme == .https || settings.policy.allowsPrivate(origin) else {
      throw HTTPError(origin, .notSent(.forbidden), detail: "plain http is not allowed on this host")
    }
    let result: Result<Response, HTTPError> = await withCheckedContinuation { continuation in
      do throws(HTTPError) {
        let transfer = try Transfer(
          request, deadline: deadline, policy: settings.policy, sockets: loop.sockets, settings: settings,
          completion: { continuation.resume(returning: $0) })
        guard loop.add(transfer) else { throw transfer.fail(.notSent(.stopped), "the client was shut down") }
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    return try result.get()
  }
}
