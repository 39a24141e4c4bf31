import Git
import Logging
import Platforms
import Schedule
import StateDirectory

// N1: whoever can push writes claims. What one says only tells where to look; what goes out is computed again from the branch, and passes
// what every post passes. A claim that says anything else causes a doubt that is said aloud, at worst, and sends nothing.
extension Engine {
  /// Says what becomes of claims that nobody holds any more.
  func judge(_ found: [LeftClaim]) async throws -> [DeliveryID: ClaimJudgement] {
    var judgements: [DeliveryID: ClaimJudgement] = [:]
    for left in found {
      let judgement = try await judge(left)
      judgements[left.id] = judgement
      say(judgement, of: left)
    }
    return judgements
  }

  private func judge(_ left: LeftClaim) async throws -> ClaimJudgement {
    let (id, record) = (left.id, left.record)
    guard inFlight[id] == nil, isFree(id), let tip = desired.commit, let catalog = desired.catalog else { return .leave }
    if let known = observed[id] {
      if known.state.name.isOut || known.attempts >= record.intent.attempt {
        // Until the record is upstream, the claim is all that others see of it.
        return observed.unrecorded[AttemptID(delivery: id, number: known.attempts)] == nil ? .remove : .leave
      }
      // A person is to say how it ended; nothing is sent before.
      if known.state == .inDoubt { return .leave }
    }
    let (edition, asked) = (desired.edition, desired.delivery(id))
    let claimed = try await reading { try await content.claimed(record, below: tip, catalog: catalog) }
    guard edition == desired.edition, isFree(id) else { return .leave }
    if let claimed {
      // What a platform works on ages from the first claim on, whoever asks.
      let own = intent(id, post: claimed.post, delivery: claimed.delivery, material: claimed.material)
      let began = min(left.began(scheduledAt: own.scheduledAt), now())
      return judge(left, as: own.repeated(as: own.attempt, at: began), claimed.material)
    }
    guard let (post, delivery) = asked, isDue(id, delivery), let account = desired.account(id.account) else { return .leave }
    let material = try await reading { try await content.material(post, delivery: delivery, account: account, catalog: catalog) }
    guard edition == desired.edition, isFree(id) else { return .leave }
    let own = intent(id, post: post, delivery: delivery, material: material)
    return .doubt(
      Claim(id: id, intent: own, steps: foreseen(own, of: id, material) ?? []),
      because: "no commit of the branch asks for what the claim says")
  }

  /// - Parameters:
  ///   - own: the intent that a commit of the branch makes of the delivery, which the claim names.
  private func judge(_ left: LeftClaim, as own: Intent, _ material: Material) -> ClaimJudgement {
    let (id, record) = (left.id, left.record)
    guard case .instant(let now) = observeClock() else { return .leave }
    // Nobody sends before the instant, and before its retry. Shortly before it somebody may hold a claim that this one was put in the place of.
    var due = own.scheduledAt
    if case .retrying(let instant)? = observed[id]?.state { due = max(due, instant) }
    if now < due { return due - now > Self.earliestClaim ? .remove : .leave }
    var claim = Claim(id: id, intent: own, steps: foreseen(own, of: id, material) ?? [])
    if let difference = difference(record, own, material) { return .doubt(claim, because: difference) }
    // Who has a name of the platform's for it only asks; a name that anybody may have written is not asked for.
    if record.remote != nil {
      if let why = left.doubt {
        return .doubt(claim, because: "nobody vouches for what the claim says that \(own.platform) accepted: \(why)")
      }
      claim.steps = record.steps
      return .settle(claim)
    }
    if let objection = objection(to: own, of: id, now: now) { return .doubt(claim, because: objection) }
    return .settle(claim)
  }

  /// In what a claim differs from what its holder would have written.
  private func difference(_ record: ClaimRecord, _ own: Intent, _ material: Material) -> String? {
    let theirs = record.intent
    guard theirs.attempt == own.attempt else { return "the claim is of attempt \(theirs.attempt), and the next one is \(own.attempt)" }
    guard theirs.key == own.key else { return "the claim has another key than the delivery" }
    guard theirs.contentSHA256 == own.contentSHA256, theirs.media == own.media else { return "the claim has other content than the post" }
    guard let platform = platforms(own.platform), let steps = foreseen(own, of: record.id, material) else {
      return "the post or its account can no longer be read"
    }
    if record.remote != nil {
      return type(of: platform).submits ? nil : "the claim says that \(own.platform) is still working on it, which that never does"
    }
    return record.steps == steps ? nil : "what is to be sent is not what was to be sent when it was claimed"
  }

  /// What a claim of ours notes of the preparation; `nil` where the post or its account cannot be read.
  private func foreseen(_ own: Intent, of id: DeliveryID, _ material: Material) -> [Observation.Remembered]? {
    guard let platform = platforms(own.platform), let account = desired.account(id.account),
      let publication = material.publication(of: id, intent: own, account: account)
    else { return nil }
    return platform.foresee(publication).map { Observation.Remembered(name: $0.name, value: $0.value) }
  }

  /// Why a delivery may not be settled by sending it again, as an attempt could not be made now either; `nil` where it may.
  func objection(to intent: Intent, of id: DeliveryID, now: Instant) -> String? {
    guard let (post, delivery) = desired.delivery(id), post.blob.hex == intent.source.blob, delivery.scheduledAt == intent.scheduledAt,
      delivery.platform == intent.platform, let platform = platforms(delivery.platform)
    else { return "the branch does not ask for it any more as it was claimed" }
    if let hold = ownHold(post, delivery, now: now) { return "it is held: \(hold.text)" }
    let timing = Timing(scheduledAt: delivery.scheduledAt, grace: delivery.grace)
    guard now <= timing.deadline(after: observed[id]) else { return "its grace is over" }
    guard type(of: platform).settlesFromElsewhere else { return "only the host that claimed it can look into its \(delivery.platform)" }
    return nil
  }

  /// Whether nothing is known of an attempt that has not ended.
  func isFree(_ id: DeliveryID) -> Bool { observed[id].map { $0.flight == nil } ?? true }

  private func isDue(_ id: DeliveryID, _ delivery: DesiredDelivery) -> Bool {
    guard case .instant(let now) = observeClock() else { return false }
    switch Timing(scheduledAt: delivery.scheduledAt, grace: delivery.grace).decision(after: observed[id], now: now) {
    case .publish, .miss: return true
    case .wait, .arm, .nothing: return false
    }
  }

  /// So long before its instant nothing is claimed by anybody: the longest preparation, and what two clocks may differ by.
  private static let earliestClaim = Duration.seconds(3600)

  private func say(_ judgement: ClaimJudgement, of left: LeftClaim) {
    let record = left.record
    let facts: Logger.Metadata = [
      "post": "\(record.id.post)", "account": "\(record.id.account)", "attempt": "\(record.intent.attempt)", "host": "\(record.host)",
    ]
    if let why = left.doubt, judgement != .leave {
      logger.error("nobody vouches for a claim, so nothing that it says counts", metadata: facts.merging(["because": "\(why)"]) { $1 })
    }
    if left.isImpossible, judgement.claim != nil {
      return logger.warning(
        "a claim says that it holds for longer than any may; one of ours takes its place for the time of an honest one",
        metadata: facts.merging(["valid_until": "\(record.validUntil)"]) { $1 })
    }
    switch judgement {
    case .settle: break
    case .doubt(_, let why):
      logger.error("a claim ran out, and nobody is asked in its words", metadata: facts.merging(["because": "\(why)"]) { $1 })
    case .remove: logger.notice("a claim that nothing is sent for is removed", metadata: facts)
    case .leave: logger.debug("a claim that ran out is left alone", metadata: facts)
    }
  }
}
