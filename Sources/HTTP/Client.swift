import Synchronization

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
  /// The descriptors of its connections.
  public let sockets = Sockets()
  private let work = Mutex(Work.notBegun)

  private enum Work {
    /// Nothing was sent yet: there is no thread, and no libcurl.
    case notBegun
    case running(Loop)
    case stopped
  }

  public init(_ settings: Settings = Settings()) { self.settings = settings }

  deinit { work.withLock { if case .running(let loop) = $0 { loop.stop() } } }

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
    let loop = work.withLock { work -> Loop? in
      if case .running(let loop) = work { return loop }
      work = .stopped
      return nil
    }
    guard let loop else { return }
    await withCheckedContinuation { continuation in loop.stop { continuation.resume() } }
  }

  /// The thread, which starts with the first request.
  private func loop(for origin: Origin) throws(HTTPError) -> Loop {
    let running: Loop?
    do throws(MissingLibrary) { running = try begun() } catch { throw HTTPError(origin, .notSent(.local), detail: "\(error)") }
    guard let running else { throw HTTPError(origin, .notSent(.stopped), detail: "the client was shut down") }
    return running
  }

  private func begun() throws(MissingLibrary) -> Loop? {
    try work.withLock { (work) throws(MissingLibrary) -> Loop? in
      switch work {
      case .running(let loop): return loop
      case .stopped: return nil
      case .notBegun:
        let loop = try Loop.start(sockets)
        work = .running(loop)
        return loop
      }
    }
  }

  func perform(_ request: Request, deadline: Duration) async throws(HTTPError) -> Response {
    let origin = request.url.origin
    let policy = settings.policy.limited(to: request.privateHosts)
    guard origin.scheme == .https || policy.allowsPrivate(origin) else {
      throw HTTPError(origin, .notSent(.forbidden), detail: "plain http is not allowed on this host")
    }
    let loop = try loop(for: origin)
    let result: Result<Response, HTTPError> = await withCheckedContinuation { continuation in
      do throws(HTTPError) {
        let transfer = try Transfer(
          request, deadline: deadline, policy: policy, sockets: sockets, settings: settings,
          completion: { continuation.resume(returning: $0) })
        guard loop.add(transfer) else { throw transfer.fail(.notSent(.stopped), "the client was shut down") }
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    return try result.get()
  }
}
