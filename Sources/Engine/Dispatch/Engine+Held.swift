import Logging
import Schedule

/// What a pass says of deliveries that are due and held.
extension Engine {
  func countHeld() {
    let answer = gate.now
    if !observed.hasLearned, answer.isInDoubt { return countUnlearned(answer) }
    report.held = heldWhenDue.count
    report.heldForPerson = heldWhenDue.count { needsPerson($0, answer) }
  }

  /// Whether it waits for somebody to act, and may still go out then.
  private func needsPerson(_ id: DeliveryID, _ answer: ClockGate.Answer) -> Bool {
    guard let (post, delivery) = desired.delivery(id) ?? heldDuplicate(id),
      let hold = hold(post, delivery, now: answer.latest) ?? (answer.isInDoubt ? .clockInDoubt : nil)
    else { return false }
    return hold.needsPerson && mayGoOut(delivery, after: observed[id], answer)
  }

  /// A new state directory whose clock is in doubt learns nothing of the past, as it would take for due what is not. What may be due and in its
  /// grace is counted.
  private func countUnlearned(_ answer: ClockGate.Answer) {
    desired.forEach(through: answer.latest) { post in
      let due = post.deliveries.count { $0.scheduledAt <= answer.latest && mayGoOut($0, after: nil, answer) }
      (report.held, report.heldForPerson) = (report.held + due, report.heldForPerson + due)
    }
  }

  private func mayGoOut(_ delivery: DesiredDelivery, after observation: Observation?, _ answer: ClockGate.Answer) -> Bool {
    answer.earliest <= Timing(scheduledAt: delivery.scheduledAt, grace: delivery.grace).deadline(after: observation)
  }
}

/// What the log says of holds.
extension Engine {
  /// Says why something due is held, once as long as the reason stays.
  func say(_ id: DeliveryID, _ hold: HoldReason) {
    switch hold {
    case .burst(let commit): return sayBurst(commit)
    case .invalid, .claim: return  // said with the commit, or the claim, that brought it
    default: break
    }
    guard saidHolds.count < Self.mostSaid || saidHolds[id] != nil, saidHolds.updateValue(hold, forKey: id) != hold else { return }
    logger.log(
      level: hold.needsPerson ? .warning : .info, "held",
      metadata: ["post": "\(id.post)", "account": "\(id.account)", "because": "\(hold.text)"])
  }

  /// Says that a commit made too much due at once, when it is adopted or, after a restart, when the first of it is due.
  func sayBurst(_ commit: String) {
    guard saidBursts.insert(commit).inserted, !observed.acknowledgedBursts.contains(commit) else { return }
    logger.warning(
      "held: too much became due at once",
      metadata: ["commit": "\(commit.prefix(12))", "next": "to let it go out, run: posthorn resume --burst \(commit.prefix(12))"])
  }

  /// A thousand holds are no thousand and first line.
  private static let mostSaid = 1000
}
