import Schedule

/// Where a request goes.
struct TikTokRoute {
  var method: String
  var step: TikTokPeer.Step
  /// Exchange or refresh, which only the body tells.
  var isToken = false

  static let all: [String: TikTokRoute] = [
    "/v2/auth/authorize/": TikTokRoute(method: "GET", step: .authorize),
    "/v2/oauth/token/": TikTokRoute(method: "POST", step: .exchange, isToken: true),
    "/v2/oauth/revoke/": TikTokRoute(method: "POST", step: .revoke),
    "/v2/user/info/": TikTokRoute(method: "GET", step: .userInfo),
    "/v2/post/publish/creator_info/query/": TikTokRoute(method: "POST", step: .creatorInfo),
    "/v2/post/publish/video/init/": TikTokRoute(method: "POST", step: .videoInit),
    "/v2/post/publish/inbox/video/init/": TikTokRoute(method: "POST", step: .inboxInit),
    "/v2/post/publish/content/init/": TikTokRoute(method: "POST", step: .contentInit),
    "/v2/post/publish/status/fetch/": TikTokRoute(method: "POST", step: .status),
    "/v2/post/publish/cancel/": TikTokRoute(method: "POST", step: .cancel),
    "/v2/video/list/": TikTokRoute(method: "POST", step: .videoList),
  ]
}

extension TikTokPeer {
  typealias Route = TikTokRoute
}

extension TikTokBooks {
  /// Answers a call whose body is here, and writes down what it broke.
  mutating func answer(_ request: TikTokRequest, _ step: TikTokPeer.Step, now: Instant) -> TikTokAnswer {
    do throws(TikTokRefusal) {
      guard let route = TikTokRoute.all[request.path] else { throw TikTokRefusal(404, "", "\(request.path) is nothing that there is") }
      guard request.method == route.method else { throw TikTokRefusal(405, "", "\(request.method) instead of \(route.method)") }
      return try answer(to: request, step, now: now)
    } catch {
      if error.blame == .client { breach(step, error.message) }
      var answer = error.answer(at: step)
      if [.exchange, .refresh, .revoke].contains(step), settings.answersErrorsWith200, error.code == "invalid_grant" {
        answer.status = 200
      }
      return answer
    }
  }

  private mutating func answer(to request: TikTokRequest, _ step: TikTokPeer.Step, now: Instant) throws(TikTokRefusal) -> TikTokAnswer {
    switch step {
    case .authorize: return try authorize(request, now: now)
    case .exchange: return .json(200, try exchangeOrNothing(try form(request), now: now))
    case .refresh: return .json(200, try refresh(try form(request), now: now))
    case .revoke:
      try revoke(try form(request))
      return TikTokAnswer(status: 200)
    case .userInfo: return .data(try userInfo(request, now: now))
    case .creatorInfo: return .data(try creatorInfo(try json(request), now: now))
    case .videoInit: return .data(try videoInit(try json(request), now: now))
    case .inboxInit: return .data(try inboxInit(try json(request), now: now))
    case .contentInit: return .data(try contentInit(try json(request), now: now))
    case .status: return .data(try status(try json(request), now: now))
    case .cancel: return .data(try cancel(try json(request), now: now))
    case .videoList: return .data(try videoList(try json(request, hasQuery: true), now: now))
    case .chunk, .lastChunk, .anyChunk, .unknown: throw TikTokRefusal(404, "", "nothing that there is")
    }
  }

  private mutating func exchangeOrNothing(_ form: [String: String], now: Instant) throws(TikTokRefusal) -> JSON {
    guard form["grant_type"] == "authorization_code" else {
      throw TikTokRefusal(400, "unsupported_grant_type", "grant_type is neither authorization_code nor refresh_token")
    }
    return try exchange(form, now: now)
  }

  private func form(_ request: TikTokRequest) throws(TikTokRefusal) -> [String: String] {
    guard request["content-type"] == "application/x-www-form-urlencoded" else {
      throw TikTokRefusal(400, "invalid_request", "Content-Type is not application/x-www-form-urlencoded")
    }
    guard request.query == nil, request["authorization"] == nil,
      let form = String(validating: request.body, as: UTF8.self).flatMap({ TikTokForm.parse($0) })
    else { throw TikTokRefusal(400, "invalid_request", "everything belongs into a form, and that cannot be read") }
    return form
  }

  private func json(_ request: TikTokRequest, hasQuery: Bool = false) throws(TikTokRefusal) -> TikTokRequest {
    guard request["content-type"]?.lowercased() == "application/json; charset=utf-8" else {
      throw .parameter("Content-Type is not application/json; charset=UTF-8")
    }
    guard hasQuery || request.query == nil else { throw .parameter("this call has no query") }
    return request
  }
}
