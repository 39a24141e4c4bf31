import Failpoints
import Logging
import Platforms
import Schedule
import StateDirectory

/// Deliveries that are begun together are claimed together.
struct ClaimGathering {
  /// Deliveries on the way to their claim; a round begins when the last of them has come.
  var coming = 0
  var waiting: [(claim: Claim, answer: CheckedContinuation<ClaimAnswer, any Error>)] = []
  var isAsking = false
}

/// A delivery that somebody else has, or knows more about: it is looked at again after a while.
struct NotClaimed: Error {
  var lookAgain: Duration
  /// Whether upstream has to be read before.
  var isOutdated = false
  /// What a person has to end before it is claimed.
  var hold: HoldReason?
}

/// Nothing can be claimed now, so nothing is begun.
struct ClaimFailure: Error {
  var reason: any Error
}

extension Engine {
  /// How long before its instant a delivery is begun.
  var lead: Duration { max(options.lead, claims.terms.lead) }

  /// The same for a platform whose preparation takes its time.
  func lead(of delivery: DesiredDelivery) -> Duration {
    max(lead, platforms(delivery.platform).map { type(of: $0).preparation } ?? .zero)
  }

  /// How long before an instant its attempt is begun: not at all where that instant ends a wait, as that of a retry or a quota does. Only the
  /// scheduled instant of a first attempt is prepared for.
  func lead(of delivery: DesiredDelivery, after observation: Observation?) -> Duration {
    observation?.state.name == .retrying ? .zero : lead(of: delivery)
  }

  /// Runs what comes before a claim, for a delivery that ``expectClaim()`` announced.
  func beforeClaim<Begun>(_ body: () async throws -> Begun?) async throws -> Begun? {
    do {
      if let begun = try await body() { return begun }
    } catch {
      arrive()
      throw error
    }
    arrive()
    return nil
  }

  /// A delivery is begun that will ask for its claim: others that are begun now wait for it.
  func expectClaim() { gathering.coming += 1 }

  /// Claims one delivery whose intent is on disk.
  ///
  /// - Parameter steps: what its preparation is going to note, as far as it is known.
  /// - Returns: `false` where it does not go on; its intent is given up then.
  /// - Throws: ``NotClaimed`` where somebody else has it; what the implementation throws.
  func claim(_ intent: Intent, for id: DeliveryID, steps: [Step] = []) async throws -> Bool {
    let answer: ClaimAnswer
    do {
      let steps = steps.map { Observation.Remembered(name: $0.name, value: $0.value) }
      answer = try await ask(Claim(id: id, intent: intent, steps: steps, isResumed: isResumed(id, intent)))
    } catch {
      try await append(.abandoned, for: id)
      throw Self.claimFailure(error)
    }
    if report.claimFailure != nil { logger.notice("deliveries can be claimed again") }
    report.claimFailure = nil
    switch answer {
    case .held where untold[id] != nil:
      // Upstream was read between the decision and the claim, and knows more than the decision did.
      try await giveUp(id)
      throw NotClaimed(lookAgain: .zero)
    case .held:
      resumed[id] = nil
      try pass(.claimWon)
      return true
    case .leftBehind(let holder):
      resumed[id] = nil
      try await append(.committed(at: max(now(), intent.scheduledAt)), for: id)
      try await doubt(id, "its claim is on a branch that records no longer go to", from: holder)
      return false
    case .taken(let holder, let until):
      try await append(.abandoned, for: id)
      logger.debug("claimed by another daemon", metadata: ["post": "\(id.post)", "account": "\(id.account)", "by": "\(holder)"])
      throw NotClaimed(lookAgain: until.map { max($0 - now(), .seconds(5)) } ?? .seconds(60))
    case .outdated:
      try await append(.abandoned, for: id)
      throw NotClaimed(lookAgain: .seconds(1), isOutdated: true)
    case .unreadable(let why):
      try await append(.abandoned, for: id)
      throw NotClaimed(lookAgain: .seconds(60), hold: .claim(why))
    }
  }

  /// Asks whether the call may begin; where nobody can tell, it does not.
  ///
  /// A machine that is paused from outside counts nothing of it, and finds its wall clock set when it goes on: what was permitted before may be
  /// somebody else's by then.
  func permit(_ id: DeliveryID, askedAt asked: ClockReading) async throws -> CommitPermit? {
    do {
      var permit = try await claims.permit(id)
      let isOver = permit?.isOver
      permit?.isOver = { [clock] in clock.reading.leap(since: asked) > Self.pause || isOver?() ?? false }
      return permit
    } catch {
      try await giveUp(id)
      throw Self.claimFailure(error)
    }
  }

  /// A wall clock that goes forward by more than this in the moment before a call was not just corrected.
  private static let pause = Duration.seconds(5)

  /// A failure to claim is said once.
  func noteClaims(failing error: any Error) {
    if report.claimFailure.map({ "\($0)" }) != "\(error)" {
      logger.error("deliveries cannot be claimed; nothing is published", metadata: ["error": "\(error)"])
    }
    report.claimFailure = error
  }

  /// A state directory that cannot be relied on stops the engine; anything else may be better in a moment.
  private static func claimFailure(_ error: any Error) -> any Error { error is StateError ? error : ClaimFailure(reason: error) }

  /// Gives up an intent and its claim, before the commit point. The claim goes first: a crash in between leaves an intent, which runs again.
  func giveUp(_ id: DeliveryID) async throws {
    await claims.release([id], .givenUp)
    try await append(.abandoned, for: id)
  }

  private func isResumed(_ id: DeliveryID, _ intent: Intent) -> Bool {
    resumed[id].map { $0.attempt == intent.attempt && $0.key == intent.key } ?? false
  }

  private func ask(_ claim: Claim) async throws -> ClaimAnswer {
    guard claims.terms.horizon > .zero else {
      arrive()
      return try await claims.claim(claim)
    }
    return try await withCheckedThrowingContinuation { answer in
      gathering.waiting.append((claim, answer))
      arrive()
    }
  }

  private func arrive() {
    gathering.coming -= 1
    askForAll()
  }

  /// Claims all that wait, unless more are coming or a round is under way.
  private func askForAll() {
    guard gathering.coming == 0, !gathering.isAsking, !gathering.waiting.isEmpty else { return }
    let round = gathering.waiting
    (gathering.waiting, gathering.isAsking) = ([], true)
    Task {
      do {
        let answers = try await claims.claim(round.map(\.claim))
        for (claim, waiter) in round { waiter.resume(returning: answers.answer(to: claim)) }
      } catch {
        for (_, waiter) in round { waiter.resume(throwing: error) }
      }
      gathering.isAsking = false
      askForAll()
    }
  }
}
