public import HTTP
public import Schedule
import Synchronization

/// Sends a post as JSON to a URL of the user's, signed after Standard Webhooks 1.0.0.
///
/// `webhook-id` is the delivery's key, the same for all attempts of one arming, and so is every byte of the body.
public struct Webhook: Platform {
  public static let schema = PlatformSchema(
    name: "webhook", options: [],
    parameters: [
      .init("url", .url, isRequired: true, summary: "Where each post is sent, as a signed POST of JSON."),
      .init("dedupes", .flag, summary: "The receiver drops a repeated webhook-id, so a lost answer is sent again instead of in doubt."),
    ])

  public static let preparesHere = true

  /// From the call to the last byte of the answer. Source: Standard Webhooks asks for 15 to 30 s.
  public static let deadline = Duration.seconds(30)
  /// What a settler waits beyond a call's deadline before it believes that the call has ended (P5).
  static let margin = Duration.seconds(5)
  /// How long a receiver that dedupes is taken to remember an id; repeats stay within half of it (P4).
  static let window = Duration.seconds(86_400)

  let send: @Sendable (Request) async throws(HTTPError) -> Response
  let credential: @Sendable (AccountName, Origin) throws(DeliveryError) -> Credential
  let now: @Sendable () -> Instant
  let pause: @Sendable (_ until: Instant) async -> Void
  let deadline: Duration
  private let endpoints = EndpointMemory()

  /// - Parameters:
  ///   - send: makes one request.
  ///   - credential: what an account may prove itself with to an origin.
  ///   - pause: returns at the instant, or earlier where nobody waits for the outcome any more.
  public init(
    send: @escaping @Sendable (Request) async throws(HTTPError) -> Response,
    credential: @escaping @Sendable (AccountName, Origin) throws(DeliveryError) -> Credential, now: @escaping @Sendable () -> Instant,
    pause: @escaping @Sendable (_ until: Instant) async -> Void, deadline: Duration = Self.deadline
  ) {
    self.send = send
    self.credential = credential
    self.now = now
    self.pause = pause
    self.deadline = deadline
  }

  /// For accounts that dedupe, what is going to be sent: a repeat with other bytes would be another message under the same id.
  public func foresee(_ publication: Publication) -> [Step] { publication.dedupes ? [digest(of: body(of: publication))] : [] }

  public func prepare(
    _ publication: Publication, remember: @Sendable (Step) async throws -> Void
  ) async throws(DeliveryError) -> Prepared {
    let body = body(of: publication)
    _ = try way(of: publication)
    guard publication.dedupes else { return Prepared(body: body) }
    do {
      try await remember(digest(of: body))
    } catch {
      throw DeliveryError(.transient, code: "journal", message: clipped("what a recovery needs could not be written down: \(error)"))
    }
    return Prepared(body: body)
  }

  public func commit(_ publication: Publication, _ prepared: Prepared) async -> CommitResult {
    do throws(DeliveryError) {
      let request = try request(publication, prepared.body)
      let verdict = WebhookVerdict(account: publication.id.account, origin: request.url.origin, now: now())
      do throws(HTTPError) { return verdict.result(try await send(request)) } catch { return verdict.result(error) }
    } catch { return .failed(error) }  // nothing was sent
  }

  public func confirm(_ publication: Publication, steps: [Step], remote: Remote) async -> CommitResult { .published(remote) }

  func digest(of body: [UInt8]) -> Step { Step(name: "body_sha256", value: ContentDigest.sha256(body)) }

  func body(of publication: Publication) -> [UInt8] {
    let message: JSON = ["type": "post.due", "timestamp": JSON(publication.scheduledAt), "data": publication.json]
    return message.compactBytes()
  }

  /// Where the account's posts go, and what signs them.
  private func way(of publication: Publication) throws(DeliveryError) -> (url: Endpoint, signature: WebhookSignature) {
    let account = publication.id.account
    guard case .text(let text)? = publication.account.parameters["url"] else {
      throw DeliveryError(.content, code: "webhook.url", message: "account \(account) has no url")
    }
    let url: Endpoint
    do { url = try endpoints.endpoint(text, of: account) } catch {
      throw DeliveryError(.content, code: "webhook.url", message: "the url of account \(account) \(error)")
    }
    guard !publication.key.isEmpty, publication.key.utf8.allSatisfy({ isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F }) else {
      preconditionFailure("a delivery's key is a word of letters, digits, - and _, without a full stop")
    }
    guard let secret = try credential(account, url.origin)["secret"], let signature = WebhookSignature(secret) else {
      throw DeliveryError(
        .auth, code: "credential.secret",
        message: "the credential of account \(account) has no secret of the form whsec_… (base64 of 24 to 64 bytes); "
          + "run: posthorn account login \(account)")
    }
    return (url, signature)
  }

  private func request(_ publication: Publication, _ body: [UInt8]) throws(DeliveryError) -> Request {
    let (url, signature) = try way(of: publication)
    let timestamp = now().seconds
    return Request(
      .post, url,
      headers: [
        "content-type": "application/json", "webhook-id": publication.key, "webhook-timestamp": "\(timestamp)",
        "webhook-signature": signature.sign(id: publication.key, timestamp: timestamp, body: body),
      ], body: body, connection: .fresh, redirects: .never, deadline: deadline)
  }
}

/// The URL of each account as it was last read: a burst asks for it twice a delivery.
private final class EndpointMemory: Sendable {
  private let known = Mutex<[AccountName: (text: String, endpoint: Endpoint)]>([:])

  func endpoint(_ text: String, of account: AccountName) throws(Endpoint.Problem) -> Endpoint {
    if let known = known.withLock({ $0[account] }), known.text == text { return known.endpoint }
    let endpoint = try Endpoint(text)
    known.withLock { $0[account] = (text, endpoint) }
    return endpoint
  }
}

extension Publication {
  /// The account says that its receiver drops a repeated id.
  var dedupes: Bool { account.parameters["dedupes"] == .flag(true) }
}
