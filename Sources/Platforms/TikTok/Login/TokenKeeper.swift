import Failpoints
public import HTTP
public import Schedule

/// Has a token of TikTok for whoever needs one: reads the account's file at every use, and renews ahead of time.
///
/// One refresh an account at a time; who comes meanwhile gets the same result. A new pair is on disk before its first use, and the refresh
/// token before it is kept until the newer one has worked, because nobody says which of the two is good after an answer got lost.
public actor TokenKeeper {
  /// What is worth a line in the log.
  public enum Notice: Equatable, Sendable {
    case renewed(AccountName, until: Instant?)
    /// The token of before is used for as long as it lives.
    case notRenewed(AccountName, DeliveryError)
    /// A person has to log in again before this.
    case endsSoon(AccountName, at: Instant)
  }

  private let credentials: Credentials
  private let oauth: TikTokOAuth
  private let now: @Sendable () -> Instant
  private let say: @Sendable (Notice) -> Void

  private var waiting: [AccountName: [CheckedContinuation<Result<Secret, DeliveryError>, Never>]] = [:]
  /// A login that TikTok has ended; nobody is asked again until the file has changed.
  private var ended: [AccountName: (stamp: String?, error: DeliveryError)] = [:]
  /// New pairs that could not be written down, with what the file held then.
  private var unwritten: [AccountName: (before: TikTokCredential, next: TikTokCredential)] = [:]
  /// After a refresh that failed while the token was good: not at every use.
  private var rests: [AccountName: Instant] = [:]
  private var told: [AccountName: Instant] = [:]

  public init(
    credentials: Credentials, oauth: TikTokOAuth, now: @escaping @Sendable () -> Instant,
    say: @escaping @Sendable (Notice) -> Void = { _ in }
  ) {
    (self.credentials, self.oauth, self.now, self.say) = (credentials, oauth, now, say)
  }

  /// A token that is good for a while.
  ///
  /// - Throws: auth where there is no login or it has ended, with the command to type; transient where TikTok could not be asked.
  public func token(of account: AccountName, for origin: Origin) async throws(DeliveryError) -> Secret {
    let kept = try read(account, origin)
    tellEnd(of: kept, account)
    let now = now()
    guard kept.isDue(now) else { return try token(kept, account) }
    let isResting = rests[account].map { now < $0 } ?? false
    if !kept.isOver(now), isResting || !kept.isRenewable { return try token(kept, account) }
    do throws(DeliveryError) {
      return try await renewed(account, origin)
    } catch {
      guard !kept.isOver(self.now()), let token = kept.accessToken else { throw error }
      rests[account] = self.now() + .seconds(300)
      say(.notRenewed(account, error))
      return token
    }
  }

  /// Another token than the one that TikTok has refused; asks for a new one, unless there is one already.
  public func renew(after refused: Secret, of account: AccountName, for origin: Origin) async throws(DeliveryError) -> Secret {
    let kept = try read(account, origin)
    if let token = kept.accessToken, token != refused, !kept.isOver(now()) { return token }
    return try await renewed(account, origin)
  }

  // MARK: - One refresh at a time

  private func renewed(_ account: AccountName, _ origin: Origin) async throws(DeliveryError) -> Secret {
    if waiting[account] != nil {
      return try await withCheckedContinuation { waiting[account]?.append($0) }.get()
    }
    waiting[account] = []
    let result: Result<Secret, DeliveryError>
    do throws(DeliveryError) { result = .success(try await refresh(account, origin)) } catch { result = .failure(error) }
    for other in waiting.removeValue(forKey: account) ?? [] { other.resume(returning: result) }
    return try result.get()
  }

  private func refresh(_ account: AccountName, _ origin: Origin) async throws(DeliveryError) -> Secret {
    let kept = try read(account, origin)
    if let (before, next) = unwritten[account], before == kept { return try write(next, instead: kept, account, origin) }
    if let (stamp, error) = ended[account], stamp == credentials.stamp(of: account) { throw error }
    guard let token = kept.refreshToken, let app = kept.app else {
      throw DeliveryError(
        .auth, code: "tiktok.ended",
        message:
          "the token of account \(account) is not good any more, and its login holds \(kept.refreshToken == nil ? "no refresh token" : "no client_key and client_secret to renew it with"); "
          + "run: posthorn account login \(account)")
    }
    let asked = now()
    try pass(.refreshBegun)
    let (tokens, used) = try await tokens([token, kept.previousRefreshToken].compactMap(\.self), app, account)
    try pass(.refreshAnswered)
    return try write(kept.renewed(by: tokens, with: used, now: asked), instead: kept, account, origin)
  }

  /// Asks with the newest refresh token first, and with the one before it where that is spent.
  private func tokens(
    _ candidates: [Secret], _ app: TikTokApp, _ account: AccountName
  ) async throws(DeliveryError) -> (TikTokTokens, used: Secret) {
    var last: TikTokOAuthError?
    for token in candidates {
      do throws(TikTokOAuthError) {
        return (try await oauth.refresh(token, app), token)
      } catch {
        guard error.isSpent else { throw error.error(of: account) }
        last = error
      }
    }
    let error = (last ?? .unreadable(status: 0)).error(of: account)
    ended[account] = (credentials.stamp(of: account), error)
    throw error
  }

  /// Puts a new pair on disk, unless somebody has logged in meanwhile: then theirs is the newer login.
  private func write(
    _ next: TikTokCredential, instead before: TikTokCredential, _ account: AccountName, _ origin: Origin
  ) throws(DeliveryError) -> Secret {
    unwritten[account] = (before, next)
    let current = try read(account, origin)
    if current == before {
      do { try credentials.write(next.fileBytes(), for: account, to: origin) } catch {
        throw DeliveryError(
          .transient, code: "tiktok.unwritten",
          message: clipped("a new token of account \(account) is not used before it is written down, and that failed: \(error)"))
      }
    }
    unwritten[account] = nil
    ended[account] = nil
    rests[account] = nil
    try pass(.refreshStored)
    let kept = current == before ? next : current
    if current == before { say(.renewed(account, until: next.expiresAt)) }
    return try token(kept, account)
  }

  // MARK: - The file

  private func read(_ account: AccountName, _ origin: Origin) throws(DeliveryError) -> TikTokCredential {
    TikTokCredential(try credentials.credential(of: account, for: origin))
  }

  private func token(_ kept: TikTokCredential, _ account: AccountName) throws(DeliveryError) -> Secret {
    if let token = kept.accessToken { return token }
    throw DeliveryError(
      .auth, code: "credential.token",
      message: "the credential of account \(account) holds no access_token of TikTok; run: posthorn account login \(account)")
  }

  private func tellEnd(of kept: TikTokCredential, _ account: AccountName) {
    let now = now()
    guard let end = kept.refreshExpiresAt, kept.endsSoon(now), told[account].map({ now - $0 >= .seconds(86_400) }) ?? true else { return }
    told[account] = now
    say(.endsSoon(account, at: end))
  }

  private func pass(_ point: Failpoint) throws(DeliveryError) {
    do throws(InjectedFailure) { try failpoint(point) } catch {
      throw DeliveryError(.transient, code: "failpoint", message: "failpoint \(point.rawValue)")
    }
  }
}
