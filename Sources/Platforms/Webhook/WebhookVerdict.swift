package import HTTP
package import Schedule

/// What an answer of a webhook's receiver, or its absence, means (P3). Pure.
///
/// Only a definite refusal that may pass is tried again: 429, 503, what a receiver answers that is deployed anew or busy (404, 423, 425), or
/// nothing was sent. Where the request may have been read and nothing definite came back, it may have been published.
package struct WebhookVerdict {
  let account: AccountName
  let origin: Origin
  let now: Instant
  /// Texts that must not be shown, should the receiver repeat them.
  let secrets: [String]

  package init(account: AccountName, origin: Origin, now: Instant, secrets: [String] = []) {
    (self.account, self.origin, self.now, self.secrets) = (account, origin, now, secrets)
  }

  package func result(_ response: Response) -> CommitResult {
    let status = response.status
    switch status {
    case 200...299: return .published(remote(response))
    case 300...399:
      return .failed(error(.policy, response, "answered with a redirect, which is never followed; put the final address into url"))
    case 401:
      return .failed(error(.auth, response, "refused the credential of account \(account); run: posthorn account login \(account)"))
    // It says nothing of the others: a receiver refuses one post for what is in it, too.
    case 403:
      return .failed(
        error(
          .content, response,
          "refuses this post (403 Forbidden); its log says why; if it is the credential: posthorn account login \(account)"))
    case 404, 423, 425:
      return .failed(
        error(
          .transient, response, "\(passing(status)); it is tried again, and is at risk if that does not pass",
          retryAfter: response.retryAfter(now: now.seconds)))
    case 408: return .unknown(error(.unknown, response, "gave up waiting for the request; \(unknown)"))
    case 410: return .failed(error(.policy, response, "wants no more deliveries (410 Gone); remove account \(account), or change its url"))
    case 429:
      return .failed(error(.quota, response, "asks for fewer requests", retryAfter: response.retryAfter(now: now.seconds)))
    case 400...499: return .failed(error(.content, response, "refused it with \(status); its log says why"))
    case 503: return .failed(error(.transient, response, "is not available", retryAfter: response.retryAfter(now: now.seconds)))
    default: return .unknown(error(.unknown, response, "answered with \(status); \(unknown)"))
    }
  }

  private func passing(_ status: Int) -> String {
    switch status {
    case 404: "has nothing at the path of url (404 Not Found)"
    case 423: "is locked (423 Locked)"
    default: "is not ready for it (\(status))"
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

  private func error(_ class: DeliveryError.Class, _ response: Response, _ what: String, retryAfter: Duration? = nil) -> DeliveryError {
    let words = AnswerWords(of: response.body, without: secrets).text.map { "; it said: \($0)" } ?? ""
    return DeliveryError(
      `class`, code: "http.\(response.status)", message: clipped("webhook \(origin) of account \(account) \(what)\(words)"),
      retryAfter: retryAfter)
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
