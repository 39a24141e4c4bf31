import HTTP
import Schedule

/// Calls of TikTok's interface, each with the token of an account, within the limits of its endpoint.
struct TikTokAPI: Sendable {
  let tools: TikTok.Tools

  enum Call: String, Sendable {
    case creatorInfo = "/v2/post/publish/creator_info/query/"
    case initVideo = "/v2/post/publish/video/init/"
    case initInbox = "/v2/post/publish/inbox/video/init/"
    case initContent = "/v2/post/publish/content/init/"
    case status = "/v2/post/publish/status/fetch/"

    /// Which of the endpoint's limits it counts against. The budget of the three ways to begin may be one: it is taken for that.
    var limit: TikTokRates.Limit {
      switch self {
      case .creatorInfo: .creatorInfo
      case .initVideo, .initInbox, .initContent: .begin
      case .status: .status
      }
    }
  }

  /// Reads something, within limits that nobody reaches.
  func get(_ path: String, for account: AccountName) async throws(DeliveryError) -> TikTokAnswer {
    let token = try await tools.token(account, tools.origin)
    let answer = await send(.get, path, nil, token)
    guard answer.isTokenRefused else { return answer }
    return await send(.get, path, nil, try await tools.renewedToken(account, tools.origin, token))
  }

  /// Makes one call within the endpoint's limit. A token that is refused is renewed once, and the call is made again.
  ///
  /// - Throws: where there is no token, or no place within the limit soon: nothing was sent then.
  func call(_ call: Call, _ body: JSON, for account: AccountName) async throws(DeliveryError) -> TikTokAnswer {
    try await tools.rates.admit(call.limit, account)
    let token = try await tools.token(account, tools.origin)
    let answer = await send(.post, call.rawValue, body, token)
    guard answer.isTokenRefused else { return answer }
    let renewed = try await tools.renewedToken(account, tools.origin, token)
    try await tools.rates.admit(call.limit, account)
    return await send(.post, call.rawValue, body, renewed)
  }

  /// Makes a call that cannot be taken back; its place within the limit was taken before, and nothing else is waited for.
  ///
  /// A token that is refused says that nothing was done. It is renewed, and the call is made again only if it still ends within its time.
  func commit(
    _ call: Call, _ body: JSON, for account: AccountName, within window: CallWindow
  ) async throws(DeliveryError) -> TikTokAnswer {
    let end = tools.now() + tools.longestCall
    let token = try await tools.token(account, tools.origin)
    let answer = await send(.post, call.rawValue, body, token, within: window)
    guard answer.isTokenRefused else { return answer }
    let renewed = try await tools.renewedToken(account, tools.origin, token)
    guard tools.now() + deadline <= end else {
      throw TikTokVerdict(account: account).error(.transient, "token", "refused the token, which is renewed; it is tried again")
    }
    return await send(.post, call.rawValue, body, renewed, within: window)
  }

  private var deadline: Duration { min(.seconds(30), tools.longestCall) }

  /// A call that may be repeated: what may only have been lost on the way is asked for again, a few times.
  func ask(_ call: Call, _ body: JSON, for account: AccountName, to what: String) async throws(DeliveryError) -> JSON {
    let verdict = TikTokVerdict(account: account)
    var wait = Duration.seconds(1)
    while true {
      let answer = try await self.call(call, body, for: account)
      if case .data(let data) = answer { return data }
      let error = verdict.error(answer, doing: what)
      guard error.class == .transient, wait <= .seconds(4) else { throw error }
      await tools.pause(tools.now() + wait)
      wait = wait * 2
    }
  }

  /// Sends one chunk of a video to the place that TikTok gave for it.
  func put(
    _ chunk: ChunkPlan.Chunk, of file: LocalMedia, type: MediaType, to url: Endpoint, deadline: Duration,
    within window: CallWindow = .always
  ) async -> UploadAnswer {
    var request = Request(
      .put, url,
      headers: ["content-type": type.uploadType, "content-range": "bytes \(chunk.first)-\(chunk.last)/\(file.size)"],
      body: .file(FileSlice(path: file.path, offset: chunk.first, length: chunk.length)), connection: .fresh, deadline: deadline,
      stall: .seconds(60))
    request.mayLeave = window.isOpen
    do throws(HTTPError) { return UploadAnswer(try await tools.send(request), size: file.size) } catch { return .failed(error) }
  }

  /// The place for an upload, if it is one that may get a video: TikTok's own, or the operator's in its stead.
  func uploadURL(_ text: String) -> Endpoint? {
    guard let url = try? Endpoint(text) else { return nil }  // what is no endpoint is no place to send to, whatever is wrong with it
    if tools.origin != TikTok.origin { return url.origin == tools.origin ? url : nil }
    return url.origin.scheme == .https && url.origin.host.hasSuffix(".tiktokapis.com") ? url : nil
  }

  private func send(
    _ method: Request.Method, _ path: String, _ body: JSON?, _ token: Secret, within window: CallWindow = .always
  ) async -> TikTokAnswer {
    let url: Endpoint
    do { url = try Endpoint("\(tools.origin)\(path)") } catch { preconditionFailure("an origin and a path are an endpoint") }
    let bearer = "Bearer \(token.reveal())"
    // Without content it has no body: creator_info takes none.
    var request = Request(
      method, url,
      headers: method == .get ? ["authorization": bearer] : ["authorization": bearer, "content-type": "application/json; charset=UTF-8"],
      body: body.map { $0.isNull ? [] : $0.compactBytes() }, connection: .fresh,
      deadline: deadline)
    request.mayLeave = window.isOpen
    do throws(HTTPError) { return TikTokAnswer(try await tools.send(request), now: tools.now()) } catch { return .failed(error) }
  }
}

extension MediaType {
  fileprivate var uploadType: String {
    switch self {
    case .quicktime: "video/quicktime"
    case .webm: "video/webm"
    default: "video/mp4"
    }
  }
}
