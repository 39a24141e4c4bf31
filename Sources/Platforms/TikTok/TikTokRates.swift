public import Schedule

/// How often each endpoint was called with an account's token in the last minute, over restarts too: TikTok counts whether we remember or not.
///
/// - Source: TikTok, *Rate Limits*: a sliding minute; 6 posts begun, 20 questions about the creator, 30 about a post.
public actor TikTokRates {
  public enum Limit: String, CaseIterable, Sendable {
    case begin, status
    case creatorInfo = "creator_info"

    var perMinute: Int {
      switch self {
      case .begin: 6
      case .creatorInfo: 20
      case .status: 30
      }
    }
  }

  private let load: @Sendable (AccountName) -> [UInt8]?
  private let save: @Sendable (AccountName, [UInt8]) throws -> Void
  private let now: @Sendable () -> Instant
  private let pause: @Sendable (_ until: Instant) async -> Void
  private var calls: [AccountName: [Limit: [Instant]]] = [:]

  /// - Parameters:
  ///   - load: what `save` wrote last for an account; anything that cannot be read counts as nothing.
  ///   - save: replaces it durably.
  ///   - pause: returns at the instant, or earlier where nobody waits any more.
  public init(
    load: @escaping @Sendable (AccountName) -> [UInt8]?, save: @escaping @Sendable (AccountName, [UInt8]) throws -> Void,
    now: @escaping @Sendable () -> Instant, pause: @escaping @Sendable (_ until: Instant) async -> Void
  ) {
    (self.load, self.save, self.now, self.pause) = (load, save, now, pause)
  }

  /// Returns once the endpoint may be called, and counts that call.
  ///
  /// - Throws: an error of class quota where it has to wait and nobody waits with it; transient where the count cannot be kept.
  func admit(_ limit: Limit, _ account: AccountName) async throws(DeliveryError) {
    while true {
      var kept = calls[account] ?? restored(account)
      let now = now()
      // What lies ahead was counted before the clock was set back.
      let recent = (kept[limit] ?? []).filter { now - $0 < Self.window && $0 <= now }
      if recent.count < limit.perMinute {
        kept[limit] = recent + [now]
        calls[account] = kept
        do { try save(account, bytes(kept)) } catch {
          throw DeliveryError(
            .transient, code: "tiktok.rates", message: clipped("the calls of account \(account) could not be counted: \(error)"))
        }
        return
      }
      let free = recent[recent.count - limit.perMinute] + Self.window
      calls[account] = kept
      await pause(free)
      guard self.now() >= free else {
        throw DeliveryError(
          .quota, code: "tiktok.rates",
          message: "account \(account) has made its \(limit.perMinute) calls of this minute; it waits for the next",
          retryAfter: free - now)
      }
    }
  }

  private func restored(_ account: AccountName) -> [Limit: [Instant]] {
    guard let bytes = load(account), let json = try? JSON.parse(bytes) else { return [:] }  // nobody's mistake: it is counted afresh
    return Dictionary(
      uniqueKeysWithValues: Limit.allCases.map { limit in
        (limit, (json[limit.rawValue]?.array ?? []).compactMap { $0.int.map { Instant(milliseconds: $0) } })
      })
  }

  private func bytes(_ calls: [Limit: [Instant]]) -> [UInt8] {
    JSON.object(
      Dictionary(uniqueKeysWithValues: calls.map { ($0.key.rawValue, JSON.array($0.value.map { .int($0.milliseconds) })) })
    ).bytes()
  }

  private static let window = Duration.seconds(60)
}
