import Crypto
import Schedule

/// Everything that the peer knows. Each request is answered by one of its methods, whole, under the peer's lock.
struct TikTokBooks {
  var settings: TikTokPeer.Settings
  let origin: String
  var violations: [TikTokPeer.Violation] = []
  var calls: [TikTokPeer.Call] = []
  var faults: [TikTokPeer.Fault] = []
  var secrets: [String] = []

  var codes: [String: AuthorizationCode] = [:]
  var grants: [Grant] = []
  var accessTokens: [String: AccessToken] = [:]
  var refreshTokens: [String: RefreshToken] = [:]
  /// `state` and `code_challenge` of all authorizations: each is new for each.
  var spent: Set<String> = []
  /// By family of calls and token, oldest first.
  var windows: [String: [Instant]] = [:]
  /// What each creator was told last by creator_info.
  var told: [String: Told] = [:]

  var tasks: [String: Task] = [:]
  /// Publish ids by upload token.
  var uploads: [String: String] = [:]
  var posts: [TikTokPeer.Post] = []
  var lastNumber = 0

  /// What one person allows one app.
  struct Grant {
    var openID: String
    var scopes: [String]
    var firstIssued: Instant
    var isRevoked = false
  }

  struct AuthorizationCode {
    var openID: String
    var scopes: [String]
    var redirect: String
    var challenge: String
    var expires: Instant
    var isUsed = false
  }

  struct AccessToken {
    var grant: Int
    var expires: Instant
    /// The one that it was issued together with.
    var refreshToken: String
    var isDead = false
  }

  struct RefreshToken {
    var grant: Int
    /// Dies with the first use of this one, or of the access token issued together with it.
    var predecessor: String?
    var successor: String?
    var isDead = false
  }

  struct Told {
    var time: Instant
    var options: [String]
    /// The code that it was told instead.
    var restriction: String?
  }

  /// One publication, from its init on.
  struct Task {
    var post: TikTokPeer.Post
    var upload: Upload?
    var isPosted = false
    var moderation: TikTokPeer.Moderation
    /// How often its status was asked since it was posted.
    var asked = 0
    var isDraftFinished = false
    var failure: String?
  }

  struct Upload {
    var token: String
    var plan: TikTokChunkPlan
    var expires: Instant
    var stored: Int64 = 0
    var whole = SHA256()
    /// The digests of the chunks that are stored.
    var chunks: [String] = []
    var contentType: String?
  }

  init(settings: TikTokPeer.Settings, origin: String) { (self.settings, self.origin) = (settings, origin) }

  mutating func breach(_ step: TikTokPeer.Step, _ reason: String) { violations.append(.init(step: step, reason: reason)) }

  /// A word that was never used before, after `prefix`; where it is a secret it is kept as one.
  mutating func word(_ prefix: String, isSecret: Bool = true) -> String {
    let digits = (0..<3).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    if isSecret { secrets.append(prefix + digits) }
    return prefix + digits
  }

  func creator(_ openID: String) -> TikTokPeer.Creator { settings.creators.first { $0.openID == openID } ?? .init(openID: openID) }

  // MARK: - The fault that is due

  mutating func fault(at step: TikTokPeer.Step, isLast: Bool, when: [TikTokPeer.Fault.When]) -> TikTokPeer.Fault? {
    guard let index = faults.firstIndex(where: { $0.at.covers(step, isLast: isLast) && when.contains($0.when) }) else { return nil }
    let fault = faults[index]
    faults[index].times -= 1
    if faults[index].times <= 0 { faults.remove(at: index) }
    return fault
  }
}

extension SHA256.Digest {
  var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
