public import HTTP
import Schedule

/// Tokens of TikTok: bought with a code, renewed, and given back.
///
/// - Source: TikTok, *User Access Token Management*. Answers are judged by their bodies: a refusal with status 200 has been seen.
public struct TikTokOAuth: Sendable {
  /// Where the calls go, and where tokens may be sent.
  public let origin: Origin
  private let send: @Sendable (Request) async throws(HTTPError) -> Response

  /// Where TikTok's interface is.
  public static let origin = Origin(scheme: .https, host: "open.tiktokapis.com")

  /// - Parameter endpoint: where it is instead.
  public init(at endpoint: Origin? = nil, send: @escaping @Sendable (Request) async throws(HTTPError) -> Response) {
    self.origin = endpoint ?? Self.origin
    self.send = send
  }

  /// Buys tokens with the code that a browser brought back. A code is good for one try: a lost answer needs another authorization.
  public func exchange(_ code: Secret, of authorization: TikTokAuthorization) async throws(TikTokOAuthError) -> TikTokTokens {
    try await tokens(
      [
        ("code", code), ("grant_type", Secret("authorization_code")), ("redirect_uri", Secret(authorization.redirect)),
        ("code_verifier", authorization.verifier),
      ], authorization.app)
  }

  /// Renews. The answer may hold another refresh token, which has to be used then; a lost one may be asked for again with the same.
  func refresh(_ token: Secret, _ app: TikTokApp) async throws(TikTokOAuthError) -> TikTokTokens {
    try await tokens([("grant_type", Secret("refresh_token")), ("refresh_token", token)], app)
  }

  /// Gives an access token back, and with it all that was granted. May be repeated.
  public func revoke(_ token: Secret, _ app: TikTokApp) async throws(TikTokOAuthError) {
    let sent = [("token", token)]
    let response = try await call("/v2/oauth/revoke/", sent, app)
    if let refusal = refusal(response, sent, app) { throw refusal }
    guard (200...299).contains(response.status) else { throw .unreadable(status: response.status) }
  }

  private func tokens(_ form: [(String, Secret)], _ app: TikTokApp) async throws(TikTokOAuthError) -> TikTokTokens {
    let response = try await call("/v2/oauth/token/", form, app)
    if let json = json(response), let tokens = TikTokTokens(json: json), (200...299).contains(response.status) { return tokens }
    throw refusal(response, form, app) ?? .unreadable(status: response.status)
  }

  private func call(_ path: String, _ form: [(String, Secret)], _ app: TikTokApp) async throws(TikTokOAuthError) -> Response {
    let url: Endpoint
    do { url = try Endpoint("\(origin)\(path)") } catch { preconditionFailure("an origin and a path are an endpoint") }
    let pairs = [("client_key", app.key), ("client_secret", app.secret.reveal())] + form.map { ($0, $1.reveal()) }
    let request = Request(
      .post, url, headers: ["content-type": "application/x-www-form-urlencoded"], body: Array(FormText.encode(pairs).utf8),
      connection: .fresh, deadline: .seconds(30))
    do throws(HTTPError) { return try await send(request) } catch { throw .failed(error) }
  }

  private func json(_ response: Response) -> JSON? {
    // Why it is none is nothing to go by.
    response.isTruncated ? nil : try? JSON.parse(response.body, limits: .init(size: 65_536, depth: 8))
  }

  /// Reads `{"error", "error_description"}`, and the envelope of the other calls, which a gateway may use for these too.
  private func refusal(_ response: Response, _ form: [(String, Secret)], _ app: TikTokApp) -> TikTokOAuthError? {
    // A server in trouble refuses nothing, whatever it says.
    guard response.status < 500, response.status != 429, let json = json(response) else { return nil }
    let code = json["error"]?.string ?? json["error"]?["code"]?.string ?? ""
    guard !code.isEmpty, code != "ok" else { return nil }
    let words = json["error_description"]?.string ?? json["error"]?["message"]?.string ?? ""
    return .refused(code: scrubbed(code, form, app), words: scrubbed(words, form, app))
  }

  /// Without what was sent: an unkind server repeats it.
  private func scrubbed(_ text: String, _ form: [(String, Secret)], _ app: TikTokApp) -> String {
    let secrets = form.filter { $0.0 != "grant_type" && $0.0 != "redirect_uri" }.map(\.1) + [app.secret]
    let text = secrets.reduce(text) { $0.replacing($1.reveal(), with: "***") }
    return String(text.unicodeScalars.prefix(200).map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" })
  }
}
