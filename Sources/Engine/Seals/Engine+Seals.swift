import Git
import Logging
public import Schedule
import StateDirectory

extension Engine {
  /// Sets a record aside that nobody vouches for. One of this directory is a forgery and changes nothing; another one may be true, so its
  /// delivery is held until somebody knows better.
  func doubtRecord(_ found: FoundRecord, because why: String) throws {
    if let known = seals.records[found.id], known.path == found.path, known.blob == found.blob.hex { return }
    let isForged = found.record.incarnation == incarnation.id
    seals.records[found.id] = SealMemory.Unsealed(path: found.path, blob: found.blob.hex, standing: isForged ? .forged : .held)
    try saveSeals()
    logger.error(
      isForged
        ? "a record says that it is of this state directory, which knows nothing of it; it is forged, and changes nothing"
        : "nobody vouches for a record of another daemon; its delivery is held",
      metadata: ["path": "\(found.path)", "reason": "\(why)", "state": "\(found.record.outcome.rawValue)"])
    guard !isForged else { return }
    markDirty(found.id.post)
    if let (_, delivery) = desired.delivery(found.id) { queue.push(found.id, at: .distantPast, due: delivery.scheduledAt) }
  }

  /// Without space for it, what is known holds as long as this process lives, and is found again by the next one.
  private func saveSeals() throws(StateError) {
    do throws(StateError) { try seals.save(in: state) } catch {
      guard error.isLackOfSpace else { throw error }
      logger.error("there is no room to note what is known of seals", metadata: ["error": "\(error)"])
    }
  }

  /// Why a delivery is held that the repository has a record of which nobody vouches for.
  func unsealedHold(_ id: DeliveryID) -> HoldReason? {
    guard let record = seals.records[id], record.standing == .held else { return nil }
    return .unsealed(id, file: record.path)
  }

  /// Whether a record that nobody vouches for is all that keeps a delivery from its next attempt.
  func isHeldUnsealed(_ id: DeliveryID) -> Bool { unsealedHold(id) != nil && observed[id]?.armsAgain ?? true }

  /// What the journal, or a person, says of a delivery ends what a record made doubtful.
  func settleSeals(_ event: DeliveryEvent, of id: DeliveryID) throws {
    guard let record = seals.records[id], record.standing != .settled else { return }
    switch event {
    case .ended, .told, .armed(_, .some): break
    default: return
    }
    seals.records[id]?.standing = .settled
    try saveSeals()
  }

  /// A hold that ended while no daemon ran is still in the status file.
  func markSettledSeals() {
    for (id, record) in seals.records where record.standing == .settled && observed.recordedHolds[id.post] != nil { markDirty(id.post) }
  }

  /// Notes that this directory's records are under seal from here on: what its branch had before is believed as it was.
  func noteSealed(_ batch: RecordBatch, onto base: ObjectID?) async throws {
    guard seals.sealedOnto == nil, !batch.history.isEmpty else { return }
    let onto = base?.hex ?? ""
    seals.sealedOnto = onto
    try saveSeals()
    await repository.trust { $0.sealedOnto = onto }
  }

  /// A person says that a key is one of ours: what was recorded under it counts here from now on, and the key's file says who said so where
  /// this host has the key.
  ///
  /// - Parameter beginning: of the key's id.
  /// - Returns: the key; `nil` where the repository knows none, or several, that begin so.
  public func vouch(forKey beginning: String, by person: String) async throws -> KeyRecord? {
    let tip = try await repository.fetch(now: now())
    let (keys, at) = try await repository.knownKeys(beginningWith: beginning, branch: desired.settings.record.branch, orAt: tip)
    guard let key = keys.first, keys.count == 1 else { return nil }
    if seals.pinned.insert(key.id).inserted { try saveSeals() }
    let pinned = seals.pinned
    await repository.trust { $0.pinned = pinned }
    try await repository.noteWord(of: person, on: key, host: options.host, now: now())
    try await reconsiderRecords(at: at)
    return key
  }

  /// Takes in what was held only because nobody vouched for its key.
  private func reconsiderRecords(at tip: ObjectID) async throws {
    let paths = seals.records.values.filter { $0.standing == .held }.map(\.path)
    let found = try await repository.records(at: paths, in: tip)
    for (found, doubt) in zip(found, try await repository.doubts(of: found, at: tip)) where doubt == nil && isNews(found) {
      try await take(found.record)
    }
    reconsiderHeld()
    pump()
  }

  /// Takes what the settings say about keys.
  func trustKeys(as settings: Settings) async {
    let requires = settings.policy.requireSealed
    await repository.trust { $0.onlyPinned = requires }
  }

  /// - Throws: ``SealKeyMissing``; the last good schedule stands then.
  func refuseUnsealed(_ settings: Settings) throws {
    if settings.policy.requireSealed, claims.terms.areShared, options.sealKey == nil { throw SealKeyMissing() }
  }

  /// Asks of what was told who wrote it, where that matters: of deliveries that may still go out, or are not asked for now and may be again.
  /// What is over is over, whoever says how it ended.
  func judge(_ told: SourceRepository.ToldPast) async throws -> (deliveries: Set<DeliveryID>, pasts: [LearnedPast]) {
    // A person's word has something sent, however long it has been over.
    var deliveries = told.past.deliveriesWithWord
    let since = now() - Self.longOver
    if told.past.attempts > 0, try await repository.isAnySealed(told.parts) {
      deliveries.formUnion(
        told.past.deliveries { id in
          guard let (_, delivery) = desired.delivery(id) else { return true }
          return delivery.scheduledAt + delivery.grace > since
        })
    }
    guard !deliveries.isEmpty else { return ([], []) }
    var (pasts, doubtful): ([LearnedPast], [FoundRecord]) = ([], [])
    for part in told.parts {
      let (past, unsealed) = try await repository.past(of: deliveries, in: part, now: now())
      pasts.append(past)
      doubtful += unsealed.filter(isNews)
    }
    // What somebody with a key of ours has gone on from is settled.
    let last = pasts.map(\.lastAttempts).reduce(into: [:]) { $0.merge($1, uniquingKeysWith: max) }
    for found in doubtful where found.record.attempt > last[found.id] ?? 0 {
      try doubtRecord(found, because: "its seal is missing, or not of a key that counts here")
    }
    return (deliveries, pasts)
  }

  /// Nobody arms a delivery again after so long.
  private static let longOver = Duration.seconds(7 * 86_400)
}

/// The settings ask for seals of keys that the host was given, and it was given none.
struct SealKeyMissing: Error, CustomStringConvertible {
  let description =
    "posthorn.yaml says policy.require_sealed, and without a key that they share no daemon can vouch for what another one records; start each "
    + "of them with the same --seal-key FILE; one is made by: openssl genpkey -algorithm ed25519 -out FILE"
}
