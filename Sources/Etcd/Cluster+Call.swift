import HTTP
import Schedule
import Synchronization

extension Cluster {
  /// Whether a request may reach two servers.
  enum Purpose {
    case asking
    /// Once the first server may have read it, only reading tells what became of it.
    case changing
  }

  /// Sends one request to the servers in turn, and logs in again where the token has expired.
  ///
  /// - Returns: the answer's object, without the `result` that streams wrap it in.
  func call(_ path: String, _ body: JSON, _ purpose: Purpose) async throws(ClusterError) -> (answer: JSON, origin: Origin) {
    if login != nil, token == nil { try await authenticate() }
    var isRenewed = false
    while true {
      let used = token
      do throws(ClusterError) {
        return try await anyServer(path, body, purpose, token: used)
      } catch {
        guard error.reason == .unauthenticated, login != nil, !isRenewed else { throw error }
        isRenewed = true
        if token == used { try await authenticate() }
      }
    }
  }

  private var token: String? { state.withLock { $0.token } }

  private func authenticate() async throws(ClusterError) {
    guard let login else { return }
    let body: JSON = ["name": .string(login.user), "password": .string(login.password)]
    let (answer, origin) = try await anyServer("v3/auth/authenticate", body, .asking, token: nil)
    guard let token = answer["token"]?.string, !token.isEmpty else {
      throw ClusterError(.unreadable, at: origin, "a login without a token")
    }
    state.withLock { $0.token = token }
  }

  private func anyServer(_ path: String, _ body: JSON, _ purpose: Purpose, token: String?) async throws(ClusterError) -> (JSON, Origin) {
    let first = state.withLock { $0.preferred }
    var failure: ClusterError?
    for step in endpoints.indices {
      let index = (first + step) % endpoints.count
      do throws(ClusterError) {
        let answer = try await server(endpoints[index], path, body, purpose, token: token)
        state.withLock { $0.preferred = index }
        return (answer, endpoints[index].origin)
      } catch {
        switch error.reason {
        case .unavailable, .noQuorum, .unreadable:
          // That a server is there and has no quorum says more than that another one is not there.
          if failure?.reason != .noQuorum { failure = error }
        case .unknown:
          state.withLock { $0.preferred = (index + 1) % endpoints.count }
          throw error
        case .refused, .unauthenticated, .wentBack, .stopped: throw error
        }
      }
    }
    throw failure ?? ClusterError(.unavailable, "no endpoint")
  }

  private func server(
    _ endpoint: Endpoint, _ path: String, _ body: JSON, _ purpose: Purpose, token: String?
  ) async throws(ClusterError) -> JSON {
    let origin = endpoint.origin
    let response: Response
    do throws(HTTPError) {
      response = try await send(try request(endpoint, path, body, token: token))
    } catch {
      throw ClusterError(error.isNotSent || purpose == .asking ? .unavailable : .unknown, at: origin, error.detail)
    }
    // What is wrong with its JSON does not matter.
    guard !response.isTruncated, let json = try? JSON.parse(response.body, limits: Self.limits) else {
      let reason: ClusterError.Reason = purpose == .changing && response.status != 404 ? .unknown : .unreadable
      throw ClusterError(reason, at: origin, "an answer of \(response.status) that is no JSON, or too long")
    }
    guard response.status == 200, json["error"] == nil else { throw refusal(json, response.status, purpose, origin) }
    let answer = json["result"] ?? json
    try note(answer["header"]?["cluster_id"], origin)
    return answer
  }

  private func request(_ endpoint: Endpoint, _ path: String, _ body: JSON, token: String?) throws(HTTPError) -> Request {
    let base = endpoint.text.hasSuffix("/") ? endpoint.text : endpoint.text + "/"
    let url: Endpoint
    do { url = try Endpoint(base + path) } catch { throw HTTPError(endpoint.origin, .notSent(.malformed), detail: "\(error)") }
    var headers: Headers = ["content-type": "application/json"]
    if let token { headers.append("authorization", token) }
    return Request(
      .post, url, headers: headers, body: body.compactBytes(), connection: .reusable, redirects: .never, deadline: deadline,
      bodyLimit: Self.limits.size)
  }

  /// What an error of the gateway means. Its own shape is `{"error": text, "code": number}`, a stream's `{"error": {"grpc_code": …}}`.
  ///
  /// - Source: gRPC's codes: 4 deadline, 5 not found, 13 internal, 14 unavailable, 16 unauthenticated.
  private func refusal(_ json: JSON, _ status: Int, _ purpose: Purpose, _ origin: Origin) -> ClusterError {
    let inner = json["error"] ?? json
    let code = json["code"]?.int ?? inner["grpc_code"]?.int ?? 2
    let message = inner.string ?? inner["message"]?.string ?? json["message"]?.string ?? "an answer of \(status)"
    switch code {
    case 16: return ClusterError(.unauthenticated, at: origin, message)
    case _ where Self.loginFailures.contains(message): return ClusterError(.unauthenticated, at: origin, message)
    case 3, 5, 6, 7, 8, 9, 11, 12: return ClusterError(.refused(code: code), at: origin, message)
    default: return ClusterError(purpose == .asking ? .noQuorum : .unknown, at: origin, message)
    }
  }

  /// etcd says these with a code that means something else.
  private static let loginFailures: Set<String> = [
    "etcdserver: authentication failed, invalid user ID or password", "etcdserver: revision of auth store is old",
    "etcdserver: user name is empty", "etcdserver: invalid auth token",
  ]

  private func note(_ cluster: JSON?, _ origin: Origin) throws(ClusterError) {
    guard let cluster = cluster?.string else { return }
    let old = state.withLock { state in
      if state.mark == nil { state.mark = ClusterMark(cluster: cluster, revision: 0) }
      return state.mark
    }
    guard let old, old.cluster != cluster else { return }
    throw ClusterError(.wentBack(from: old, to: ClusterMark(cluster: cluster, revision: 0)), at: origin, "")
  }

  /// Two hundred claims of the longest kind are far below it.
  private static let limits = JSON.Limits(size: 16 << 20, depth: 16)
}
