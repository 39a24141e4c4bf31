import Failpoints
import Logging
import Platforms
import Schedule
import StateDirectory

/// An attempt between its intent and its outcome. It is made once, and every step of its way shares it.
final class Flight: Sendable {
  let id: DeliveryID
  let intent: Intent
  let publication: Publication
  let platform: any Platform

  init(id: DeliveryID, intent: Intent, publication: Publication, platform: any Platform) {
    (self.id, self.intent, self.publication, self.platform) = (id, intent, publication, platform)
  }
}

/// An attempt that is prepared: only its instant and its commit point are left.
private struct Ready {
  var flight: Flight
  var prepared: Prepared
  /// What was read; an edit after it makes the attempt start over.
  var asked: Asked
}

/// An attempt whose intent is on disk.
private final class Begun: Sendable {
  let intent: Intent
  let platform: any Platform
  /// `nil` where the post can no longer be read.
  let publication: Publication?
  let media: MediaReading
  let asked: Asked

  init(_ intent: Intent, _ platform: any Platform, _ publication: Publication?, _ media: MediaReading, _ asked: Asked) {
    (self.intent, self.platform, self.publication, self.media, self.asked) = (intent, platform, publication, media, asked)
  }
}

/// What one edition of the schedule asks for.
final class Asked: Sendable {
  let post: DesiredPost
  let delivery: DesiredDelivery
  let edition: Int

  init(_ post: DesiredPost, _ delivery: DesiredDelivery, edition: Int) {
    (self.post, self.delivery, self.edition) = (post, delivery, edition)
  }
}

extension Engine {
  /// Carries one delivery from its claim to its outcome: intent, prepare, commit point, the call, outcome. Each line of the journal is
  /// on disk before the step that it allows.
  ///
  /// - Parameter departure: when it left by its account's limits, which do not count it if nothing is sent.
  func carry(_ id: DeliveryID, _ asked: Asked, due: Instant, departure: Instant) async throws {
    guard let ready = try await begin(id, asked) else { return }
    guard let result = try await commit(ready, due: due) else {
      paces[id.account]?.takeBack(departure)
      return
    }
    try await conclude(ready.flight, result)
  }

  /// Writes the intent down, claims, and prepares. `nil` where the delivery does not go on now.
  private func begin(_ id: DeliveryID, _ asked: Asked) async throws -> Ready? {
    guard let begun = try await beforeClaim({ try await self.intend(id, asked) }) else { return nil }
    let steps = begun.publication.map { begun.platform.foresee($0) } ?? []
    guard try await claim(begun.intent, for: id, steps: steps), let flight = try await flight(id, begun) else { return nil }
    do {
      let prepared = try await flight.platform.prepare(flight.publication) { step in
        try pass(.prepareStep)
        try await self.append(.remembered(name: step.name, value: step.value), for: id)
        try pass(.prepareJournaled)
      }
      return Ready(flight: flight, prepared: prepared, asked: begun.asked)
    } catch {
      try await end(id, after: error)
      return nil
    }
  }

  private func flight(_ id: DeliveryID, _ begun: Begun) async throws -> Flight? {
    guard var publication = begun.publication, begun.media.problem == nil else {
      try await end(id, after: begun.media.problem ?? Self.unreadable)
      return nil
    }
    if type(of: begun.platform).readsFiles {
      guard let files = try await files(of: begun.media, for: id, by: begun.platform) else { return nil }
      publication.files = files
    }
    return Flight(id: id, intent: begun.intent, publication: publication, platform: begun.platform)
  }

  private func intend(_ id: DeliveryID, _ asked: Asked) async throws -> Begun? {
    guard let begun = try await read(id, asked) else { return nil }
    try requireState()
    try await append(.intended(begun.intent), for: id)
    return begun
  }

  /// Reads what goes out. It is asked for by the schedule as it is when this returns.
  private func read(_ id: DeliveryID, _ earlier: Asked) async throws -> Begun? {
    guard let asked = asked(id, since: earlier), let account = desired.account(id.account), let catalog = desired.catalog,
      let platform = platforms(account.platform)
    else { return nil }
    let (post, delivery) = (asked.post, asked.delivery)
    let material = try await reading { try await content.material(post, delivery: delivery, account: account, catalog: catalog) }
    guard desired.edition == asked.edition || (desired.delivery(id)?.post == post && desired.account(id.account) == account) else {
      return nil
    }
    let intent = intent(id, post: post, delivery: delivery, material: material)
    return Begun(
      intent, platform, material.publication(of: id, intent: intent, account: account), material.media, asked)
  }

  /// What is asked for now.
  private func asked(_ id: DeliveryID, since earlier: Asked) -> Asked? {
    if desired.edition == earlier.edition { return earlier }
    return desired.delivery(id).map { Asked($0.post, $0.delivery, edition: desired.edition) }
  }

  /// Waits for the instant, and makes the one call: the commit point is on disk by then. `nil` where it no longer may, and nothing was sent.
  private func commit(_ ready: Ready, due: Instant) async throws -> CommitResult? {
    let id = ready.flight.id
    while case .instant(let now) = observeClock(), now < due - Self.headStart, !isStopping, isWanted(ready, now) {
      await clock.wait(due - Self.headStart)
    }
    await beginCall(id)
    defer { endCall(id) }
    let asked = clock.reading
    guard !isStopping, isRight(ready), let permit = try await permit(id, askedAt: asked), !isStopping, isRight(ready, under: permit)
    else {
      try await giveUp(id)
      return nil
    }
    do {
      try requireState()
      try await append(.committed(at: max(now(), due)), for: id)
    } catch let error as StateError where error.isNoRoom {
      try await giveUp(id)
      throw error
    }
    // The flush may have taken long, and the process may have slept in it.
    let isOurs = Result { try requireState() }
    guard case .success = isOurs, await hasCome(due), isRight(ready, under: permit),
      let result = await ready.flight.platform.commit(ready.flight.publication, ready.prepared, within: window(of: ready, under: permit))
    else {
      try await withdraw(id)
      try isOurs.get()
      return nil
    }
    return result
  }

  /// Whether the call may be made now. What can change while something is waited for is asked here, all of it, after the last wait before an
  /// act (N4): what the repository asks for, the clock, the zone data, our own standing, and what others have recorded.
  private func isRight(_ ready: Ready, under permit: CommitPermit = .unlimited) -> Bool {
    guard case .instant(let now) = observeClock() else { return false }
    return failure == nil && !isDisplaced && untold[ready.flight.id] == nil && isWanted(ready, now) && !zonesHaveChanged(now: now)
      && permit.allows(claims.terms.longestCall)
  }

  /// A call that is made waits for its connection, and may be put to sleep in that; it begins within its grace and its permit or not at all.
  /// The clock that counts from boot is asked, as the wall clock was found right a moment ago.
  private func window(of ready: Ready, under permit: CommitPermit) -> CallWindow {
    let end = clock.sinceBoot() + (deadline(of: ready) - now())
    return CallWindow { [clock, longest = claims.terms.longestCall] in clock.sinceBoot() <= end && permit.allows(longest) }
  }

  /// Takes a commit point back under which nothing was sent. It uses up no try; whatever is right now follows once the delivery has landed.
  ///
  /// The journal has it first: a crash before that leaves a doubt about something that was not sent.
  func withdraw(_ id: DeliveryID) async throws {
    logger.notice(
      "not sent: it was not to go out any more when its commit point was on disk",
      metadata: ["post": "\(id.post)", "account": "\(id.account)"])
    try await append(.abandoned, for: id)
    await claims.release([id], .givenUp)
  }

  /// Waits for the instant of a call whose commit point is written. Nothing cuts that short, as it is over in a moment.
  ///
  /// - Returns: `false` where somebody has set the clock back, and the moment would be a long one.
  private func hasCome(_ due: Instant) async -> Bool {
    while now() < due {
      guard due - now() <= Self.headStart else { return false }
      await Task { await clock.wait(due) }.value  // a stop does not end it
    }
    return true
  }

  /// So long before its instant the commit point is written: longer than a flush takes. A crash in between leaves a doubt about something
  /// that was not sent, so it is short beside the time for which a call is open anyway.
  private static let headStart = Duration.milliseconds(10)

  /// Whether the repository still asks for exactly this, now.
  private func isWanted(_ ready: Ready, _ now: Instant) -> Bool {
    isAsked(ready) && ownHold(ready.asked.post, ready.asked.delivery, now: now) == nil && now <= deadline(of: ready)
  }

  private func deadline(of ready: Ready) -> Instant {
    Timing(scheduledAt: ready.asked.delivery.scheduledAt, grace: ready.asked.delivery.grace).deadline(after: observed[ready.flight.id])
  }

  private func isAsked(_ ready: Ready) -> Bool {
    let (id, asked) = (ready.flight.id, ready.asked)
    if desired.edition == asked.edition { return true }
    guard let (post, delivery) = desired.delivery(id) else { return false }
    return post == asked.post && delivery == asked.delivery && desired.account(id.account) == ready.flight.publication.account
  }

  /// What the attempt is about to do, with the facts that its record will need.
  ///
  /// - Parameter first: the attempt that another arming begins with, where one does.
  func intent(_ id: DeliveryID, post: DesiredPost, delivery: DesiredDelivery, material: Material, arming first: Int? = nil) -> Intent {
    let observation = observed[id]
    let isNewArming = observation == nil || observation?.attempts == 0
    return Intent(
      post, delivery, material, attempt: observation?.nextAttempt ?? 1,
      firstAttempt: first ?? (isNewArming ? 1 : observation?.firstAttempt ?? 1), tzdata: desired.tzdata, at: now())
  }

  private static let unreadable = DeliveryError(
    .content, code: "content.unreadable", message: "the post can no longer be read as it was scheduled; run: posthorn validate")
}

extension Intent {
  /// An attempt at what the content asks for.
  convenience init(
    _ post: DesiredPost, _ delivery: DesiredDelivery, _ material: Material, attempt: Int, firstAttempt: Int, tzdata: String, at now: Instant
  ) {
    let id = DeliveryID(post: post.id, account: delivery.account)
    self.init(
      attempt: attempt, key: deliveryKey(id, scheduledAt: delivery.scheduledAt, firstAttempt: firstAttempt), path: post.path,
      platform: delivery.platform, scheduledAt: delivery.scheduledAt, scheduledTime: material.scheduledTime, offset: material.post?.offset,
      timezone: delivery.timezone, tzdata: tzdata, contentSHA256: material.sha256, media: material.media.digests, source: material.source,
      startedAt: now)
  }
}

/// The name of one arming of a delivery: the same for all its attempts, whoever makes them, and another after it is armed again.
///
/// It is computed from what the repository says, so a daemon that lost its state arrives at the same key.
///
/// The content is not part of it. An edit between two attempts goes out under the same key with other bytes, which no receiver takes for a
/// repeat: another attempt follows only one that was definitely refused, so nothing of the arming was accepted under the key. What may have
/// been accepted is never followed by an attempt of the same arming; where it is settled by a repeat, it is one of the same bytes.
func deliveryKey(_ id: DeliveryID, scheduledAt: Instant, firstAttempt: Int) -> String {
  var text: [UInt8] = []
  text.reserveCapacity(128)
  for part in [id.post.text, "\n", id.account.text, "\n", String(scheduledAt.milliseconds), "\n", String(firstAttempt)] {
    text.append(contentsOf: part.utf8)
  }
  return "msg_" + ContentDigest.sha256(text).prefix(32)
}
