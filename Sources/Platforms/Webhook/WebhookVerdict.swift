package import HTTP
package import Schedule

/// What an answer of a webhook's receiver, or its absence, means (P3). Pure.
///
/// Only a definite refusal is tried again: 429, 503, or nothing was sent. Where the request may have been read and nothing definite came
/// back, it may have been published.
package struct WebhookVerdict {
  let account: AccountName
  let origin: Origin
  let now: Instant

  package init(account: AccountName, origin: Origin, now: Instant) { (self.account, self.origin, self.now) = (account, origin, now) }

  package func result(_ response: Response) -> CommitResult {
    let status = response.status
    switch status {
    case 200...299: return .published(remote(response))
    case 300...399:
      return .failed(error(.policy, status, "answered with a redirect, which is never followed; put the final address into url"))
    case 401:
      return .failed(error(.auth, status, "refused the credential of account \(account); run: posthorn account login \(account)"))
    // It says nothing of the others: a receiver refuses one post for what is in it, too.
    case 403:
      return .failed(
        error(
          .content, status,
          "refuses this post (403 Forbidden); its log says why; if it is the credential: posthorn account login \(account)"))
    case 408: return .unknown(error(.unknown, status, "gave up waiting for the request; \(unknown)"))
    case 410: return .failed(error(.policy, status, "wants no more deliveries (410 Gone); remove account \(account), or change its url"))
    case 429:
      return .failed(error(.quota, status, "asks for fewer requests", retryAfter: response.retryAfter(now: now.seconds)))
    case 400...499: return .failed(error(.content, status, "refused it with \(status); its log says why"))
    case 503: return .failed(error(.transient, status, "is not available", retryAfter: response.retryAfter(now: now.seconds)))
    default: return .unknown(error(.unknown, status, "answered with \(status); \(unknown)"))
    }
  }

  func result(_ failure: HTTPError) -> CommitResult {
    switch failure.reason {
    case .notSent(let reason):
      let isPolicy = reason == .forbidden || reason == .malformed
      let advice = reason == .forbidden ? "; the host's operator can allow it with --allow-private-hosts" : ""
      return .failed(
        DeliveryError(
          isPolicy ? .policy : .transient, code: "connect.\(code(reason))",
          message: clipped("nothing was sent to webhook \(origin) of account \(account): \(failure.detail)\(advice)")))
    case .unanswered(let reason):
      return .unknown(
        DeliveryError(
          .unknown, code: "answer.\(reason.rawValue)",
          message: clipped("webhook \(origin) of account \(account) gave no answer: \(failure.detail); \(unknown)")))
    }
  }

  private var unknown: String { "it may have been published" }

  private func error(_ class: DeliveryError.Class, _ status: Int, _ what: String, retryAfter: Duration? = nil) -> DeliveryError {
    DeliveryError(
      `class`, code: "http.\(status)", message: clipped("webhook \(origin) of account \(account) \(what)"), retryAfter: retryAfter)
  }

  private func code(_ reason: HTTPError.NotSent) -> String { reason == .noAddress ? "no_address" : reason.rawValue }

  /// What the receiver calls it, where it answers with JSON that says so.
  private func remote(_ response: Response) -> Remote {
    guard !response.isTruncated, !response.body.isEmpty, let body = try? JSON.parse(response.body, limits: .init(size: 65_536, depth: 16))
    else {
      return Remote()  // any other answer is as good: the status says that it was accepted
    }
    return Remote(id: text(body["id"], atMost: 256), url: text(body["url"], atMost: 2048).flatMap { (try? Endpoint($0)) == nil ? nil : $0 })
  }

  private func text(_ value: JSON?, atMost limit: Int) -> String? {
    guard let text = value?.string, (1...limit).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      return nil
    }
    return text
  }
}
