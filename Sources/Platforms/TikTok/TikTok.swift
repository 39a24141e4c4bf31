public import HTTP
public import Schedule

/// Publishes videos and pictures on TikTok, at once or as drafts in the creator's inbox.
///
/// TikTok knows no key that would make a call safe to repeat. What saves us is when it acts: a video that we send is published by its last
/// chunk alone, so everything before that is preparation and may be made again; a video or picture that TikTok fetches is published by the
/// call that names it, which is therefore made once, and never again where its answer was lost.
///
/// - Source: TikTok, *Content Posting API*: Direct Post, Upload, Photo Post, Media Transfer Guide, Get Post Status.
public struct TikTok: Platform {
  public static let schema = PlatformSchema.tiktok
  public static let readsFiles = true
  public static let submits = true
  /// A gigabyte at 70 Mbit/s.
  public static let preparation = Duration.seconds(120)
  public static let observesAccounts = true

  /// Where TikTok's interface is, unless the host's operator names another place.
  public static let origin = TikTokOAuth.origin

  /// From the last chunk's first byte to the answer: 20 MB on a slow line.
  static let deadline = Duration.seconds(300)

  /// What it works with.
  public struct Tools: Sendable {
    /// Where the interface is.
    public var origin: Origin
    /// Within what a call that cannot be taken back has to end.
    public var longestCall: Duration
    var send: @Sendable (Request) async throws(HTTPError) -> Response
    var token: @Sendable (AccountName, Origin) async throws(DeliveryError) -> Secret
    var renewedToken: @Sendable (_ account: AccountName, Origin, _ refused: Secret) async throws(DeliveryError) -> Secret
    /// What this host knows of the account's login.
    var login: @Sendable (AccountName, Origin) throws(DeliveryError) -> TikTokCredential
    var rates: TikTokRates
    var uploads: UploadAddresses
    var now: @Sendable () -> Instant
    var pause: @Sendable (_ until: Instant) async -> Void

    /// - Parameters:
    ///   - token: one that holds for a while, for calls to an origin.
    ///   - renewedToken: another one, after TikTok refused the one that is named.
    ///   - pause: returns at the instant, or earlier where nobody waits for the outcome any more.
    public init(
      origin: Origin = TikTok.origin, longestCall: Duration, send: @escaping @Sendable (Request) async throws(HTTPError) -> Response,
      token: @escaping @Sendable (AccountName, Origin) async throws(DeliveryError) -> Secret,
      renewedToken: @escaping @Sendable (_ account: AccountName, Origin, _ refused: Secret) async throws(DeliveryError) -> Secret,
      login: @escaping @Sendable (AccountName, Origin) throws(DeliveryError) -> TikTokCredential, rates: TikTokRates,
      uploads: UploadAddresses, now: @escaping @Sendable () -> Instant,
      pause: @escaping @Sendable (_ until: Instant) async -> Void
    ) {
      (self.origin, self.longestCall, self.send, self.token, self.renewedToken) = (origin, longestCall, send, token, renewedToken)
      (self.login, self.rates, self.uploads, self.now, self.pause) = (login, rates, uploads, now, pause)
    }
  }

  let tools: Tools
  let sightings = Sightings()
  var api: TikTokAPI { TikTokAPI(tools: tools) }

  public init(_ tools: Tools) { self.tools = tools }

  public func prepare(
    _ publication: Publication, remember: @Sendable (Step) async throws -> Void
  ) async throws(DeliveryError) -> Prepared {
    let post = try TikTokPost(publication)
    let creator = post.isInbox ? nil : try await creator(for: post, publication)
    if let name = creator?.username { try await note(Step(name: "username", value: name), remember) }
    let body = post.body(creator)
    guard case .file(let file, let type) = post.content else {
      // The place within the minute and a token that lasts are had now, so that nothing but the call is left to do.
      _ = try await tools.token(publication.id.account, tools.origin)
      try await tools.rates.admit(post.call.limit, publication.id.account)
      return Prepared(body: body.compactBytes())
    }
    do throws(DeliveryError) {
      let upload = try await begin(post, body, file, publication, remember)
      try await upload.sendAllButLast(of: file, type: type, for: publication)
      return Prepared(body: [])
    } catch {
      tools.uploads.forget(publication)
      throw error
    }
  }

  public func commit(_ publication: Publication, _ prepared: Prepared, within window: CallWindow) async -> CommitResult? {
    do throws(DeliveryError) {
      let post = try TikTokPost(publication)
      guard case .file(let file, let type) = post.content else { return try await fetch(post, prepared.body, publication, within: window) }
      guard let text = tools.uploads.url(of: publication), let url = api.uploadURL(text.reveal()) else {
        throw DeliveryError(.transient, code: "tiktok.upload", message: "where to upload to is not known any more; it begins anew")
      }
      let result = await sendLast(of: file, type: type, to: url, for: publication, within: window)
      switch result {
      case .failed, nil: tools.uploads.forget(publication)
      default: break
      }
      return result
    } catch { return .failed(error) }  // nothing was sent that publishes
  }

  /// The call that has TikTok fetch the media, and publish them.
  private func fetch(
    _ post: TikTokPost, _ body: [UInt8], _ publication: Publication, within window: CallWindow
  ) async throws(DeliveryError) -> CommitResult? {
    guard let body = try? JSON.parse(body) else { preconditionFailure("what was prepared is JSON of our own") }
    let answer = try await api.commit(post.call, body, for: publication.id.account, within: window)
    if case .failed(let failure) = answer, failure.isLate { return nil }
    if case .data(let data) = answer, let id = Self.publishID(data) { return .submitted(Remote(id: id)) }
    return TikTokVerdict(account: publication.id.account).result(ofUnrepeatable: answer, doing: "publish it")
  }

  /// The chunk that publishes. What happened to it where nothing definite came back, only TikTok can say: an upload that it does not know any
  /// more may be one that it has taken for whole.
  private func sendLast(
    of file: LocalMedia, type: MediaType, to url: Endpoint, for publication: Publication, within window: CallWindow
  ) async -> CommitResult? {
    let verdict = TikTokVerdict(account: publication.id.account)
    switch await putLast(of: file, type: type, to: url, within: window) {
    case .complete: return .submitted(Remote())
    case .refused(let status):
      return .failed(verdict.error(.content, "upload.\(status)", "refused the last part of the video with \(status)"))
    case .failed(let failure) where failure.isLate: return nil
    case .failed(let failure) where failure.isNotSent: return .failed(verdict.error(failure, doing: "take the last part of the video"))
    case .stored, .outOfStep, .gone, .trouble, .failed:
      return .unknown(verdict.error(.unknown, "upload.unanswered", "gave no clear answer to the last part of the video"))
    }
  }

  func putLast(of file: LocalMedia, type: MediaType, to url: Endpoint, within window: CallWindow) async -> UploadAnswer {
    await api.put(ChunkPlan(size: file.size).final, of: file, type: type, to: url, deadline: tools.longestCall, within: window)
  }

  /// What the creator allows today: asked before each post that is published at once, since it may have changed since the review.
  private func creator(for post: TikTokPost, _ publication: Publication) async throws(DeliveryError) -> CreatorInfo {
    let account = publication.id.account
    let data = try await api.ask(.creatorInfo, .null, for: account, to: "say what the creator allows")
    let verdict = TikTokVerdict(account: account)
    guard let creator = CreatorInfo(data) else {
      throw verdict.error(.transient, "creator_info", "did not say what the creator allows; it is tried again")
    }
    guard let level = post.privacyLevel, creator.privacyLevels.contains(level) else {
      throw verdict.error(
        .policy, "privacy",
        "does not offer privacy_level \(post.privacyLevel ?? "") to this account now, but \(creator.privacyLevels.joined(separator: ", "))")
    }
    if case .file(let file, _) = post.content, let longest = creator.longestVideo, let length = Self.length(of: file), length > longest {
      throw verdict.error(
        .content, "duration", "takes \(longest.text) of video from this creator at most, and this one has \(length.text); shorten it")
    }
    return creator
  }

  /// `nil` where the file does not say: TikTok looks for itself.
  private static func length(of file: LocalMedia) -> Duration? {
    MediaBytes(fileAt: file.path).flatMap { try? MediaHeader(of: $0).duration }
  }

  /// Makes a place for the video. May be made again: nothing is published before all its bytes are there.
  private func begin(
    _ post: TikTokPost, _ body: JSON, _ file: LocalMedia, _ publication: Publication, _ remember: @Sendable (Step) async throws -> Void
  ) async throws(DeliveryError) -> Upload {
    let data = try await api.ask(post.call, body, for: publication.id.account, to: "take a video")
    guard let id = Self.publishID(data), let text = data["upload_url"]?.string, let url = api.uploadURL(text) else {
      throw TikTokVerdict(account: publication.id.account).error(
        .policy, "upload_url", "gave no place of its own to upload the video to; nothing was sent there")
    }
    // Both before the first byte: a crash has to find what it may ask about, and where the rest belongs.
    try tools.uploads.keep(Secret(text), of: publication)
    try await note(Step(name: Self.publishID, value: id), remember)
    try await note(Step(name: Self.video, value: file.sha256), remember)
    try await note(Step(name: Self.begun, value: tools.now().description), remember)
    return Upload(tiktok: self, publishID: id, url: url)
  }

  private func note(_ step: Step, _ remember: @Sendable (Step) async throws -> Void) async throws(DeliveryError) {
    do { try await remember(step) } catch {
      throw DeliveryError(.transient, code: "journal", message: clipped("what a recovery needs could not be written down: \(error)"))
    }
  }

  /// At most 64 characters, of which none means anything to us.
  private static func publishID(_ data: JSON) -> String? {
    guard let id = data["publish_id"]?.string, (1...64).contains(id.utf8.count), id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      return nil
    }
    return id
  }

  // Names of steps.
  static let publishID = "publish_id"
  /// The digest of the video that is uploaded.
  static let video = "video_sha256"
  /// When its place was made, which holds for an hour.
  static let begun = "upload_begun_at"
}
