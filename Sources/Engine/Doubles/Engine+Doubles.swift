import Logging
public import Schedule
import StateDirectory

extension Engine {
  /// Says aloud that another daemon has recorded the same attempts, on each channel: it may have gone out twice.
  ///
  /// The marks that ours are recorded wait until whoever is to know was told: killed before that, the next process finds and tells them again.
  func say(doubles found: [AttemptID: DoubleRecord]) async throws {
    guard !found.isEmpty else { return }
    if found.values.map({ doubles.add($0) }).contains(true) { try saveDoubles() }
    for (attempt, double) in found.sorted(by: { $0.key.delivery < $1.key.delivery }) {
      let (id, sides) = (double.id, double.sides)
      logger.error(
        "two daemons recorded the same attempt: it may have gone out twice",
        metadata: [
          "post": "\(id.post)", "account": "\(id.account)", "attempt": "\(attempt.number)", "kept": "\(sides.kept)",
          "dropped": "\(sides.dropped)", "next": "look at the account, then run: \(double.command)",
        ])
      try await takeKept(double)
      alarms.open(attempt)
      notify(
        id, .state(.inDoubt),
        because: "attempt \(attempt.number) was \(sides.kept), and \(sides.dropped); look at the account, then run: "
          + double.command, alarm: attempt, as: "recorded twice")
      await closeAlarm(attempt)
    }
  }

  /// Of two publications the one that the history has is the one that the status tells of.
  private func takeKept(_ double: DoubleRecord) async throws {
    let (id, kept) = (double.id, double.kept)
    guard let outcome = kept.pastOutcome, outcome.state.name.isOut, let known = observed[id], known.attempts == kept.attempt,
      known.outcome?.state.name.isOut ?? false
    else { return }
    try await append(.told(kept.intent, outcome, firstAttempt: kept.firstAttempt), for: id)
    markDirty(id.post)
  }

  /// Without space for it, they are known as long as this process lives; the repository has them besides.
  private func saveDoubles() throws(StateError) {
    do throws(StateError) { try doubles.save(in: state) } catch {
      guard error.isLackOfSpace else { throw error }
      logger.error("there is no room to note what was recorded twice", metadata: ["error": "\(error)"])
    }
  }

  /// Counts what nobody has looked at; an empty disk remembers nothing, and the repository does.
  func countDoubles() async {
    var attempts = doubles.attempts
    do {
      attempts.formUnion(try await repository.doubles(branch: desired.settings.record.branch))
    } catch {
      logger.error("what was recorded twice cannot be read", metadata: ["error": "\(error)"])
    }
    report.doubles = attempts.count
  }

  /// A person has looked at a delivery that was recorded twice: the alarm ends here and in the repository.
  ///
  /// - Returns: how many of its attempts it was about.
  public func acknowledgeDoubles(of id: DeliveryID, by person: String) async throws -> Int {
    _ = try await repository.fetch(now: now())
    let upstream = try await repository.removeDoubles(
      of: id, branch: desired.settings.record.branch, by: person, host: options.host, now: now())
    let here = doubles.remove(of: id)
    if here > 0 { try saveDoubles() }
    return max(here, upstream)
  }
}
