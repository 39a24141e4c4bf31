public import HTTP
public import Schedule

/// Why TikTok gave no token.
public enum TikTokOAuthError: Error, Equatable, Sendable {
  /// It understood and refused; its code, and its words without what was sent.
  case refused(code: String, words: String)
  /// An answer that says nothing: a gateway's page, half an answer.
  case unreadable(status: Int)
  case failed(HTTPError)

  /// The code or the token is used up, expired or revoked: the next one, or a person, has to help.
  var isSpent: Bool { if case .refused(code: "invalid_grant", _) = self { true } else { false } }

  /// What becomes of a delivery that needed the token.
  ///
  /// - Source: TikTok, *OAuth Error Handling*.
  public func error(of account: AccountName) -> DeliveryError {
    switch self {
    case .failed(let error):
      DeliveryError(.transient, code: "tiktok.token", message: clipped("TikTok gave account \(account) no token: \(error.detail)"))
    case .unreadable(let status):
      DeliveryError(
        .transient, code: "tiktok.token",
        message: "TikTok answered the question for a token of account \(account) with \(status) and no word")
    case .refused(let code, let words):
      refusal(code, words, account)
    }
  }

  private func refusal(_ code: String, _ words: String, _ account: AccountName) -> DeliveryError {
    let said = words.isEmpty ? code : "\(code), \(words)"
    return switch code {
    case "server_error", "temporarily_unavailable", "rate_limit_exceeded", "internal_error":
      DeliveryError(.transient, code: "tiktok.\(code)", message: clipped("TikTok has no token for account \(account) now: \(said)"))
    case "invalid_grant":
      DeliveryError(
        .auth, code: "tiktok.invalid_grant",
        message: clipped("the login of account \(account) at TikTok has ended (\(said)); run: posthorn account login \(account)"))
    case "invalid_client", "unauthorized_client":
      DeliveryError(
        .policy, code: "tiktok.\(code)",
        message: clipped(
          "TikTok does not know the app of account \(account) (\(said)); see its client key and secret in TikTok's developer portal, then run: "
            + "posthorn account login \(account)"))
    default:
      DeliveryError(
        .policy, code: "tiktok.\(code.prefix(64))",
        message: clipped("TikTok refuses account \(account) a token (\(said)); run: posthorn account login \(account)"))
    }
  }
}

extension TikTokOAuthError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let code, let words): words.isEmpty ? "it refused: \(code)" : "it refused: \(code), \(words)"
    case .unreadable(let status): "its answer (status \(status)) says nothing"
    case .failed(let error): error.detail
    }
  }
}
