import Logging
import Platforms
public import Schedule

extension Engine {
  /// Asks about every account whose last sync is long ago, now and then; what is seen is recorded with everything else.
  func accountLoop() async {
    while !Task.isCancelled {
      guard mayBegin else {
        await clock.pause(for: .seconds(1))
        continue
      }
      await syncDueAccounts()
      await clock.pause(for: Self.accountPause)
    }
  }

  /// Asks about every account that is due for it. One that cannot be asked about keeps no other one waiting.
  func syncDueAccounts() async {
    guard let catalog = desired.catalog else { return }
    await rememberSyncs()
    let now = now()
    let due = catalog.accounts.keys.compactMap { catalog.account($0) }.filter { account in
      guard isObservable(account), claims.isOurs(account.name), credentialStamp(account.name) != nil else { return false }
      return accountSyncs[account.name].map { now - $0 >= options.syncInterval || $0 > now } ?? true
    }
    await sync(due)
  }

  /// Asks about accounts at a person's word, and records what they say.
  ///
  /// - Parameter names: none for all that can be asked about.
  /// - Returns: what came of each, by name; those that no platform says anything of are missing.
  public func syncAccounts(_ names: [AccountName]) async throws -> [AccountNews] {
    // Without a daemon the schedule on disk is nobody's; the accounts of upstream's newest commit are what counts.
    let isAlone = isStopping
    let catalog: Catalog?
    if isAlone {
      let tip = try await repository.fetch(now: now())
      catalog = try await content.catalog(at: tip)
    } else {
      catalog = desired.catalog
    }
    let known = (catalog?.accounts.keys.compactMap { catalog?.account($0) } ?? []).filter { names.isEmpty || names.contains($0.name) }
    let news = await sync(known.filter(isObservable))
    if isAlone, !news.isEmpty {
      var batch = RecordBatch(folder: options.folder, source: "", host: options.host)
      batch.accounts = accountNews
      _ = try await repository.record(batch, branch: catalog?.settings.record.branch, now: now())
      accountNews = [:]
    }
    return news
  }

  private func isObservable(_ account: Account) -> Bool { platforms(account.platform).map { type(of: $0).observesAccounts } ?? false }

  @discardableResult
  private func sync(_ accounts: [Account]) async -> [AccountNews] {
    var rest = accounts.sorted { $0.name < $1.name }.compactMap { account in platforms(account.platform).map { (account, $0) } }[...]
    var news: [AccountNews] = []
    await withTaskGroup(of: AccountNews?.self) { group in
      func next() {
        guard let (account, platform) = rest.popFirst() else { return }
        accountSyncs[account.name] = now()
        group.addTask { await Self.news(of: account, from: platform) }
      }
      for _ in 0..<Self.atOnce { next() }
      for await found in group {
        if let found { news.append(found) }
        next()
      }
    }
    for item in news { await take(item) }
    return news.sorted { $0.account < $1.account }
  }

  private static func news(of account: Account, from platform: any Platform) async -> AccountNews? {
    do throws(DeliveryError) { return try await platform.observe(account).map(AccountNews.seen) } catch {
      return .failed(account.name, platform: account.platform, error)
    }
  }

  private func take(_ news: AccountNews) async {
    accountNews[news.account] = news
    switch news {
    case .seen: logger.info("synced", metadata: ["account": "\(news.account)"])
    case .failed(let account, _, let error):
      logger.warning("the account could not be synced", metadata: ["account": "\(account)", "error": "\(error.message)"])
      // Found out before the next post is due, and told at once.
      if error.class == .auth, !isStopping { do { try await needLogin(account) } catch { fail(error) } }
    }
    recordSignal.raise()
  }

  /// A restart asks nobody again who was asked a moment ago: the records say when that was.
  private func rememberSyncs() async {
    guard !hasReadAccountRecords else { return }
    do {
      let synced = try await repository.accountRecords(branch: desired.settings.record.branch, now: now()).compactMapValues(\.syncedAt)
      accountSyncs.merge(synced) { max($0, $1) }
      hasReadAccountRecords = true
    } catch {
      logger.notice("when accounts were synced last cannot be read; they are asked about now", metadata: ["error": "\(error)"])
    }
  }

  /// So many accounts are asked about at the same time.
  private static let atOnce = 8
  /// How often it is looked whether one is due.
  private static let accountPause = Duration.seconds(60)
}
