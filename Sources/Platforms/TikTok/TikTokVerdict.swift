import HTTP
import Schedule

/// What an answer of TikTok's, or its absence, means for a delivery. Pure.
///
/// - Source: TikTok's *Content Posting API*, error codes and `fail_reason`.
struct TikTokVerdict: Sendable {
  let account: AccountName

  /// For calls that may be repeated: nothing is in doubt, whatever came back.
  func error(_ answer: TikTokAnswer, doing what: String) -> DeliveryError {
    switch answer {
    case .data: error(.transient, "answer", "did not answer as documented to \(what); it is tried again")
    case .refused(let refusal): error(refusal, doing: what)
    case .unreadable(let status, let retryAfter):
      error(
        status == 429 ? .quota : .transient, "http.\(status)", "answered \(status) to \(what), and nothing that can be read",
        retryAfter: retryAfter)
    case .failed(let failure): error(failure, doing: what)
    }
  }

  /// For the one call that publishes by itself: only a definite refusal says that nothing happened.
  func result(ofUnrepeatable answer: TikTokAnswer, doing what: String) -> CommitResult {
    switch answer {
    case .data: break
    case .refused(let refusal):
      if Self.refusals.contains(refusal.status), refusal.code != "internal_error" { return .failed(error(refusal, doing: what)) }
    case .unreadable(let status, _):
      // A gateway that never let it through; what its page says of a request that is wrong may be said of the answer to it.
      if Self.refusals.subtracting([400]).contains(status) { return .failed(error(answer, doing: what)) }
    case .failed(let failure): if failure.isNotSent { return .failed(error(failure, doing: what)) }
    }
    return .unknown(error(.unknown, "unanswered", "gave no answer to \(what) that can be read: it may have been accepted"))
  }

  /// What a published post, or a video under way, ended with.
  func failure(reason: String) -> DeliveryError {
    switch reason {
    case "internal": return error(.transient, "failed.internal", "failed by itself; it is tried again")
    case "video_pull_failed", "photo_pull_failed":
      return error(
        .transient, "failed.\(reason)",
        "could not fetch the media; their URLs must answer with the file itself, without a redirect, for an hour")
    case "publish_cancelled": return error(.policy, "failed.publish_cancelled", "was told to cancel it")
    case "auth_removed": return error(.auth, "failed.auth_removed", "lost the creator's consent meanwhile; \(login)")
    case "spam_risk_too_many_posts": return error(.quota, "failed.\(reason)", "takes no more posts today", retryAfter: Self.dailyWait)
    case "file_format_check_failed", "duration_check_failed", "frame_rate_check_failed", "picture_size_check_failed":
      return error(.content, "failed.\(reason)", "refused the media (\(reason)); change the file, then schedule it anew")
    default: return error(.policy, "failed.\(word(reason))", "refused it (\(word(reason))); look at the account in the app")
    }
  }

  func error(_ refusal: TikTokRefusal, doing what: String) -> DeliveryError {
    let code = word(refusal.code)
    let (kind, advice): (DeliveryError.Class, String) =
      switch refusal.code {
      case "access_token_invalid": (.auth, login)
      case "scope_not_authorized", "scope_permission_missed": (.auth, "the login lacks a permission; \(login)")
      case "spam_risk_too_many_posts": (.quota, "the creator's posts of today are used up")
      case "spam_risk_too_many_pending_share": (.quota, "too many drafts wait in the creator's inbox")
      case "reached_active_user_cap": (.quota, "the app's users of today are used up")
      case "rate_limit_exceeded": (.quota, "too many calls in a minute")
      case "privacy_level_option_mismatch":
        (.policy, "the account does not offer this privacy_level; run: posthorn account sync \(account), then posthorn validate")
      case "unaudited_client_can_only_post_to_private_accounts":
        (.policy, "make the account private in the app, or have TikTok audit the app")
      case "url_ownership_unverified": (.policy, "verify the domain of the URL in TikTok's developer portal")
      case "spam_risk_user_banned_from_posting": (.policy, "the account may not post; look at it in the app")
      case "app_version_check_failed": (.policy, "the creator's app is too old for this; update it")
      default:
        refusal.status >= 500 || refusal.code == "internal_error"
          ? (.transient, "it is tried again")
          : refusal.status == 429 ? (.quota, "too many calls") : (.content, "see the code in TikTok's documentation")
      }
    let words = refusal.message.isEmpty ? "" : ": \(refusal.message.prefix(200).filter { !$0.isNewline })"
    let log = refusal.log.map { " (log_id \(word($0)))" } ?? ""
    let wait: Duration? =
      kind == .quota
      ? refusal.retryAfter ?? (refusal.code == "rate_limit_exceeded" || refusal.status == 429 ? .seconds(60) : Self.dailyWait) : nil
    return error(kind, code, "refused to \(what) with \(code)\(words)\(log); \(advice)", retryAfter: wait)
  }

  func error(_ failure: HTTPError, doing what: String) -> DeliveryError {
    if case .notSent(let reason) = failure.reason, reason == .forbidden || reason == .malformed {
      return error(
        .policy, "connect.\(reason.rawValue)",
        "was not asked to \(what): \(failure.detail); the host's operator can allow an address with --endpoint tiktok=URL")
    }
    return error(.transient, failure.isNotSent ? "connect" : "answer", "was not reached to \(what): \(failure.detail)")
  }

  func error(_ kind: DeliveryError.Class, _ code: String, _ what: String, retryAfter: Duration? = nil) -> DeliveryError {
    DeliveryError(kind, code: "tiktok.\(code)", message: clipped("tiktok \(what) [account \(account)]".printable), retryAfter: retryAfter)
  }

  private var login: String { "run: posthorn account login \(account)" }

  /// A code or id of TikTok's as one word.
  private func word(_ text: String) -> String {
    let word = String(
      text.unicodeScalars.filter { $0.isASCII && (isAlphanumeric(UInt8($0.value)) || "_.-".unicodeScalars.contains($0)) }.prefix(64).map(
        Character.init))
    return word.isEmpty ? "unknown" : word
  }

  /// The statuses with which TikTok refuses before it does anything. Source: TikTok, *Content Posting API*, error codes.
  private static let refusals: Set<Int> = [400, 401, 403, 429]

  /// Of a creator's day nobody says when it ends: it is asked for again now and then, which uses up no try.
  private static let dailyWait = Duration.seconds(900)
}
