import Git
import Logging
import Schedule
import StateDirectory

extension Engine {
  /// Looks at every delivery whose reminder has come up, starts what may start, and sets the next reminder.
  func pump() {
    guard mayBegin else { return }
    let answer = observeClock()
    let now = answer.latest
    if now >= nextLook { lookAhead() }
    considerWaiting(answer)
    while let entry = queue.pop(through: now) {
      guard hasPlace(entry.id.account) else {
        waitForPlace(entry.id, due: entry.due)
        continue
      }
      consider(entry.id, answer)
    }
    if gathering.coming > 0 { considerAhead(answer) }
    setAlarm()
  }

  /// Whoever claims now claims what is due soon with it: one round instead of many.
  private func considerAhead(_ answer: ClockGate.Answer) {
    var soon: [DeliveryID] = []
    while soon.count < options.inFlightLimit, let entry = queue.pop(through: answer.latest + claims.terms.horizon - lead) {
      soon.append(entry.id)
    }
    for id in soon { consider(id, answer) }
  }

  /// Decides what one delivery needs now, and begins it. By a clock in doubt it begins nothing: what may be due is held.
  func consider(_ id: DeliveryID, _ answer: ClockGate.Answer) {
    let now = answer.latest
    if !paced.isEmpty { paced.remove(id) }
    guard mayBegin, inFlight[id] == nil, claims.isOurs(id.account) else { return }
    let observation = observed[id]
    // What went out is neither sent again nor held, whatever is asked for now.
    if let observation, observation.state.name.isOut { return }
    let found = desired.delivery(id)
    guard let (post, delivery) = found ?? heldDuplicate(id) else { return }
    let hold =
      (found == nil ? hold(post, delivery, now: now) : ownHold(post, delivery, now: now)) ?? (answer.isInDoubt ? .clockInDoubt : nil)
    let timing = Timing(scheduledAt: delivery.scheduledAt, grace: delivery.grace, isHeld: hold != nil)
    let asked = Asked(post, delivery, edition: desired.edition)
    switch timing.decision(after: observation, now: now) {
    case .publish: start(id, asked, due: due(observation, delivery), now: now)
    case .wait(let instant):
      guard hold == nil else { return wait(id, delivery, until: instant) }
      let lead = lead(of: delivery, after: observation)
      let ahead = lead > .zero && gathering.coming > 0 ? max(lead, claims.terms.horizon) : lead
      guard instant - now > ahead else { return start(id, asked, due: instant, now: now) }
      wait(id, delivery, until: instant - (readAhead(id, post, delivery, until: instant, now: now) ? lead : Self.readingLead))
    case .miss: launch(id, .claimed) { engine in try await engine.close(id, post: post, delivery: delivery, as: .missed) }
    case .arm where answer.isInDoubt: remain(id, .clockInDoubt)
    case .arm: launch(id) { engine in try await engine.append(.armed(scheduledAt: delivery.scheduledAt), for: id) }
    case .nothing: if let hold { remain(id, hold) }
    }
  }

  /// Why a delivery is held: what the content says, then what the host knows.
  func hold(_ post: DesiredPost, _ delivery: DesiredDelivery, now: Instant) -> HoldReason? {
    desired.hold(post, delivery, acknowledged: observed.acknowledgedBursts, now: now) ?? hostHold(post, delivery)
  }

  /// The same for a delivery of the only post of its id.
  func ownHold(_ post: DesiredPost, _ delivery: DesiredDelivery, now: Instant) -> HoldReason? {
    Desired.ownHold(post, delivery, acknowledged: observed.acknowledgedBursts, now: now) ?? hostHold(post, delivery)
  }

  private func hostHold(_ post: DesiredPost, _ delivery: DesiredDelivery) -> HoldReason? {
    if let hold = renamedHold(post, delivery) { return hold }
    if !seals.records.isEmpty, let hold = unsealedHold(DeliveryID(post: post.id, account: delivery.account)) { return hold }
    if case .unreadable? = desired.catalog?.settingsStanding { return .settings(desired.catalog?.settingsStanding.text ?? "") }
    if !unclaimable.isEmpty, let hold = unclaimable[DeliveryID(post: post.id, account: delivery.account)] { return hold }
    if let refused = observed.loginsNeeded[delivery.account], refused == credentialStamp(delivery.account) {
      return .needsLogin(delivery.account)
    }
    return clockDoubt == nil ? nil : .clockInDoubt
  }

  /// A post whose identity two files claim still has deliveries to hold.
  func heldDuplicate(_ id: DeliveryID) -> (post: DesiredPost, delivery: DesiredDelivery)? {
    for post in desired.posts(of: id.post) {
      if let delivery = post.deliveries.first(where: { $0.account == id.account }) { return (post, delivery) }
    }
    return nil
  }

  /// The instant that this attempt is due at: the schedule's, or the retry's.
  private func due(_ observation: Observation?, _ delivery: DesiredDelivery) -> Instant {
    if let outcome = observation?.outcome, case .retrying(let instant) = outcome.state { return max(instant, delivery.scheduledAt) }
    return delivery.scheduledAt
  }

  /// Begins an attempt as soon as its account's limits allow. It is late by its schedule and not by its retry: a platform that comes back is
  /// not met by everything that it refused before.
  private func start(_ id: DeliveryID, _ asked: Asked, due: Instant, now: Instant) {
    let delivery = asked.delivery
    // Without room, whatever lands next looks at it.
    guard hasPlace(id.account) else { return waitForPlace(id, due: delivery.scheduledAt) }
    if zonesHaveChanged(now: now) { return waitForZones(id) }
    switch paces[id.account, default: pace(of: id.account)].admission(due: delivery.scheduledAt, now: now) {
    case .at(let instant):
      if instant - now <= Self.patience { paced.insert(id) }
      queue.push(id, at: instant, due: delivery.scheduledAt)
    case .afterAnother: waitingForAnother[id.account, default: DueQueue()].push(id, at: delivery.scheduledAt)
    case .now:
      guard let goesAhead = goesAhead(id.account, delivery.platform, isDue: due <= now) else {
        return due <= now ? waitForPlace(id, due: delivery.scheduledAt) : queue.push(id, at: due, due: delivery.scheduledAt)
      }
      let departure = max(due, now)
      paces[id.account]?.depart(due: delivery.scheduledAt, now: departure)
      launch(id, .departing(isAhead: goesAhead, isDue: due <= now)) { engine in
        try await engine.carry(id, asked, due: due, departure: departure)
      }
    }
  }

  /// What a delivery's work needs.
  enum Errand {
    /// It only notes or asks.
    case free
    /// It claims the delivery, to write an outcome.
    case claimed
    /// It claims the delivery, and counts among the departures of its account.
    case departing(isAhead: Bool, isDue: Bool)

    fileprivate var isClaiming: Bool {
      guard case .free = self else { return true }
      return false
    }

    fileprivate func work(of task: Task<Void, Never>) -> InFlight.Work {
      switch self {
      case .free: InFlight.Work(task: task, isAsking: true)
      case .claimed: InFlight.Work(task: task, isLanding: true)
      case .departing(let isAhead, let isDue): InFlight.Work(task: task, isDeparture: true, isAhead: isAhead, isLanding: isDue)
      }
    }
  }

  /// Runs one delivery's work beside everything else; nothing else touches that delivery until it has landed.
  func launch(_ id: DeliveryID, _ errand: Errand = .free, _ work: @escaping @Sendable (isolated Engine) async throws -> Void) {
    if errand.isClaiming { expectClaim() }
    let task = Task {
      var postponement: Duration?
      do {
        try await work(self)
      } catch let error as NotClaimed {
        if error.isOutdated { await fetchOnce() }
        postponement = error.hold == nil ? error.lookAgain : nil
        if let hold = error.hold { note(id, unclaimable: hold) }
      } catch let error as ClaimFailure {
        noteClaims(failing: error.reason)
        if error.reason is Unheard || error.reason is AnotherDaemon {
          isDisplaced = true
          hearSignal.raise()
        }
        postponement = .seconds(10)
      } catch  where error is GitError || error is RecordingStopped {
        logger.error("the repository could not be read", metadata: ["post": "\(id.post)", "error": "\(error)"])
        report.stateFailure = error
        postponement = .seconds(60)
        hasFlightsToRecover = true
      } catch let error as StateError where error.isNoRoom {
        if !isOutOfRoom { logger.critical("nothing new is begun until there is space", metadata: ["error": "\(error)"]) }
        isOutOfRoom = true
        report.stateFailure = error
        postponement = .seconds(10)
      } catch {
        fail(error)
      }
      do { try await hearDeferred(id) } catch { fail(error) }
      land(id, postponed: postponement)
    }
    inFlight.begin(id, errand.work(of: task))
  }

  /// One delivery in flight has ended, however it ended.
  private func land(_ id: DeliveryID, postponed: Duration?) {
    if let work = inFlight.end(id) { arrive(id, work) }
    let now = now()
    if let postponed {
      queue.push(id, at: now + postponed)
    } else if !isStopping {
      isOutOfRoom = false
      consider(id, observeClock())
      if let post = calledOff[id] { _ = cancel([id: post]) }
      cancelOrphan(id)
      if !heldWhenDue.isEmpty, !desired.asks(for: id) { reconsiderRenamed(from: id) }
    }
    calledOff[id] = nil
    pump()
    resumeIdle()
  }

  /// Gives its account's place to another: the delivery has ended, or the platform has accepted it and is only asked from now on.
  func arrive(_ id: DeliveryID) {
    if let work = inFlight.arrive(id) { arrive(id, work) }
  }

  private func arrive(_ id: DeliveryID, _ work: InFlight.Work) {
    if work.isLanding, inFlight.landing == 0 { ripeSignal.raise() }
    guard work.isDeparture else { return }
    paces[id.account]?.arrive()
    admitAnother(to: id.account)
  }

  /// A place of an account is free: it goes to the first that still wants it. To look at all that wait each time would cost their square.
  private func admitAnother(to account: AccountName) {
    let now = now()
    while let due = waitingForAnother[account]?.next {
      if case .afterAnother? = paces[account]?.admission(due: due, now: now) { return }
      guard hasPlace(account), let entry = waitingForAnother[account]?.pop(through: due) else { break }
      consider(entry.id, observeClock())
    }
    var rest = waitingForAnother.removeValue(forKey: account)
    while let entry = rest?.pop(through: .distantFuture) { queue.push(entry.id, at: now, due: entry.due) }
  }

  func pace(of account: AccountName) -> AccountPace {
    AccountPace(limits: desired.account(account).flatMap { limits(of: $0) } ?? Account.Limits())
  }

  private func limits(of account: Account) -> Account.Limits? {
    account.limits ?? schemas[account.platform]?.limits
  }

  /// How long one pass waits for an account's limits; what has to wait longer is left to the next pass.
  private static let patience = Duration.seconds(60)

  /// A due delivery stays where it is, visibly.
  private func remain(_ id: DeliveryID, _ hold: HoldReason) {
    if heldWhenDue.insert(id).inserted {
      say(id, hold)
      tellHold(id, hold)
    }
    if case .suspended(_, let until?) = hold { queue.push(id, at: until) }
    if observed.recordedHolds[id.post] != status(of: id.post, now: now())?.holdReason { markDirty(id.post) }
  }

  /// Looks again at everything that was due and held: a cause may have gone.
  func reconsiderHeld() {
    let held = heldWhenDue
    heldWhenDue.removeAll()
    consider(held)
  }

  /// Its claim holds it until the next look at upstream.
  private func note(_ id: DeliveryID, unclaimable hold: HoldReason) {
    unclaimable[id] = hold
    guard saidUnclaimable.updateValue(hold, forKey: id) != hold else { return }
    logger.error("held", metadata: ["post": "\(id.post)", "account": "\(id.account)", "because": "\(hold.text)"])
  }

  /// Looks at several, those first that were due first: late ones leave in that order.
  func consider(_ ids: Set<DeliveryID>) {
    guard !ids.isEmpty else { return }
    let answer = observeClock()
    let ordered = ids.map { (id: $0, due: desired.delivery($0)?.delivery.scheduledAt ?? .distantPast) }.sorted { $0.due < $1.due }
    for (id, _) in ordered { consider(id, answer) }
  }
}
