import HTTP
import Schedule

/// What came of one call of TikTok's interface.
enum TikTokAnswer: Sendable {
  /// It worked; what `data` holds.
  case data(JSON)
  /// TikTok understood and refused.
  case refused(TikTokRefusal)
  /// There is an answer, and it says nothing: a gateway's page, or not JSON.
  case unreadable(status: Int, retryAfter: Duration?)
  case failed(HTTPError)

  /// TikTok does not know the token any more, and has done nothing.
  var isTokenRefused: Bool {
    guard case .refused(let refusal) = self else { return false }
    return refusal.code == "access_token_invalid"
  }

  /// Reads the envelope of calls for data: success is a code of `ok`, whatever the status says.
  ///
  /// - Source: TikTok, *Content Posting API*: `{"data": …, "error": {"code", "message", "log_id"}}`; tables print `logid`.
  init(_ response: Response, now: Instant) {
    let retryAfter = response.retryAfter(now: now.seconds)
    guard !response.isTruncated, let json = try? JSON.parse(response.body, limits: .init(size: 65_536, depth: 16)),
      let error = json["error"], let code = error["code"]?.string
    else {
      self = .unreadable(status: response.status, retryAfter: retryAfter)
      return
    }
    if code == "ok", (200...299).contains(response.status) {
      self = .data(json["data"] ?? .null)
    } else {
      self = .refused(
        TikTokRefusal(
          status: response.status, code: code, message: error["message"]?.string ?? "",
          log: (error["log_id"] ?? error["logid"])?.string, retryAfter: retryAfter))
    }
  }
}

/// Why TikTok did not do what it was asked.
struct TikTokRefusal: Equatable, Sendable {
  var status: Int
  var code: String
  /// TikTok's words.
  var message = ""
  /// What TikTok's support asks for.
  var log: String?
  var retryAfter: Duration?
}
