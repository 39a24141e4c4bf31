import Crypto
public import HTTP

/// One question to a person in a browser: may this app act for your account?
///
/// - Source: TikTok, *Login Kit for Desktop*: PKCE with the lowercase hex digits of SHA-256, and not with base64 as RFC 7636 has it.
public struct TikTokAuthorization: Sendable {
  public let app: TikTokApp
  /// Where the browser is led afterwards; the exchange has to name the same.
  public let redirect: String
  /// Comes back with the answer, which is how we know it for ours.
  public let state: String
  let verifier: Secret

  /// What an account is asked for: publishing, drafts, who it is and how it does, and its public videos.
  public static let scopes = [
    "user.info.basic", "user.info.profile", "user.info.stats", "video.list", "video.publish", "video.upload",
  ]

  /// - Parameter redirect: `http://127.0.0.1:PORT/callback/`.
  public init(app: TikTokApp, redirect: String) {
    self.init(app: app, redirect: redirect, state: Self.word(), verifier: Secret(Self.word()))
  }

  init(app: TikTokApp, redirect: String, state: String, verifier: Secret) {
    (self.app, self.redirect, self.state, self.verifier) = (app, redirect, state, verifier)
  }

  /// The address to open in a browser.
  ///
  /// - Parameter endpoint: where TikTok is, if not at its own address.
  public func url(at endpoint: Origin? = nil) -> String {
    let query = [
      ("client_key", app.key), ("scope", Self.scopes.joined(separator: ",")), ("response_type", "code"), ("redirect_uri", redirect),
      ("state", state), ("code_challenge", challenge), ("code_challenge_method", "S256"),
    ]
    return "\(endpoint ?? Origin(scheme: .https, host: "www.tiktok.com"))/v2/auth/authorize/?\(FormText.encode(query))"
  }

  var challenge: String { ContentDigest.sha256(Array(verifier.reveal().utf8)) }

  /// How the person has answered: what the browser was led back with.
  public enum Answer: Equatable, Sendable {
    case code(Secret)
    /// In TikTok's words.
    case denied(String)
    /// Not an answer to this question: another state, or none at all.
    case stray
  }

  /// Reads the query of the address that the browser was led to.
  public func answer(_ query: String) -> Answer {
    guard let pairs = FormText.decode(query), let given = pairs["state"], given == state else { return .stray }
    if let error = pairs["error"] { return .denied(pairs["error_description"] ?? error) }
    return pairs["code"].map { .code(Secret($0)) } ?? .stray
  }

  /// 64 hexadecimal digits from the system's source of random numbers: what TikTok takes as a verifier, and nobody guesses.
  private static func word() -> String {
    var random = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
      let digits = String(random.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
