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
  private let ways = WayMemory()

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

  public nonisolated(nonsending) func prepare(
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

  public func commit(_ publication: Publication, _ prepared: Prepared, within window: CallWindow) async -> CommitResult? {
    do throws(DeliveryError) {
      let way = try way(of: publication)
      var request = request(publication, prepared.body, way)
      request.mayLeave = window.isOpen
      let verdict = WebhookVerdict(
        account: publication.id.account, origin: request.url.origin, now: now(), secrets: secrets(in: request, way))
      do throws(HTTPError) { return verdict.result(try await send(request)) } catch { return error.isLate ? nil : verdict.result(error) }
    } catch { return .failed(error) }  // nothing was sent
  }

  public func confirm(_ publication: Publication, steps: [Step], remote: Remote) async -> CommitResult { .published(remote) }

  func digest(of body: [UInt8]) -> Step { Step(name: "body_sha256", value: ContentDigest.sha256(body)) }

  func body(of publication: Publication) -> [UInt8] {
    let message: JSON = ["type": "post.due", "timestamp": JSON(publication.scheduledAt), "data": publication.json]
    return message.compactBytes()
  }

  /// Where the account's posts go, and what signs them.
  private func way(of publication: Publication) throws(DeliveryError) -> Way {
    let account = publication.id.account
    guard case .text(let text)? = publication.account.parameters["url"] else {
      throw DeliveryError(.content, code: "webhook.url", message: "account \(account) has no url")
    }
    if let fault = fault(of: publication) { throw fault }
    let known = ways.way(of: account, to: text)
    let url: Endpoint
    do { url = try known?.url ?? Endpoint(text) } catch {
      throw DeliveryError(.content, code: "webhook.url", message: "the url of account \(account) \(error)")
    }
    let secret = try credential(account, url.origin)["secret"]
    if let known, known.secret == secret { return known }
    guard let secret, let signature = WebhookSignature(secret) else {
      throw DeliveryError(
        .auth, code: "credential.secret",
        message: "the credential of account \(account) has no secret of the form whsec_… (base64 of 24 to 64 bytes); "
          + "run: posthorn account login \(account)")
    }
    let way = Way(text: text, url: url, secret: secret, signature: signature)
    ways.remember(way, of: account)
    return way
  }

  /// What is signed is divided by full stops, so the key must have none. An older journal may have one that came out of a forged claim.
  func fault(of publication: Publication) -> DeliveryError? {
    let key = publication.key
    guard key.isEmpty || !key.utf8.allSatisfy({ isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F }) else { return nil }
    return DeliveryError(
      .content, code: "webhook.key",
      message: "its key is no word of letters, digits, - and _, as one that somebody forged")
  }

  /// What a receiver that repeats what it was sent must not bring into a record: the signature, the secret in any form that it may know, and a
  /// path that is long enough to hold one.
  private func secrets(in request: Request, _ way: Way) -> [String] {
    let (secret, url) = (way.secret.reveal(), way.url)
    let path = String(url.text.dropFirst("\(url.origin)".count))
    let signature = request.headers["webhook-signature"].map { String($0.dropFirst(3)) } ?? ""
    return [secret, String(secret.dropFirst(6)), signature, path.utf8.count >= 16 ? path : ""]
  }

  private func request(_ publication: Publication, _ body: [UInt8], _ way: Way) -> Request {
    let timestamp = now().seconds
    return Request(
      .post, way.url,
      headers: Headers([
        .init("content-type", "application/json"), .init("webhook-id", publication.key), .init("webhook-timestamp", String(timestamp)),
        .init("webhook-signature", way.signature.sign(id: publication.key, timestamp: timestamp, body: body)),
      ]), body: body, connection: .fresh, redirects: .never, deadline: deadline)
  }
}

/// Where an account's posts go, and what signs them: its URL as the account has it and as it was read, its secret and what was made of it.
private final class Way: Sendable {
  let text: String
  let url: Endpoint
  let secret: Secret
  let signature: WebhookSignature

  init(text: String, url: Endpoint, secret: Secret, signature: WebhookSignature) {
    (self.text, self.url, self.secret, self.signature) = (text, url, secret, signature)
  }
}

/// The way of each account as it last was: a burst asks for it twice a delivery.
private final class WayMemory: Sendable {
  private let known = Mutex<[AccountName: Way]>([:])

  func way(of account: AccountName, to text: String) -> Way? {
    guard let way = known.withLock({ $0[account] }), way.text == text else { return nil }
    return way
  }

  func remember(_ way: Way, of account: AccountName) { known.withLock { $0[account] = way } }
}

extension Publication {
  /// The account says that its receiver drops a repeated id.
  var dedupes: Bool { account.parameters["dedupes"] == .flag(true) }
}
