/// The attempts that were recorded so far, in the order of their commits: what the next record, and every status file, has to fit.
public struct AttemptLedger: Sendable {
  /// The last attempt of a delivery, as far as a status file repeats it.
  struct Entry: Sendable {
    var attempt: Int
    var outcome: DeliveryState.Name
    var finishedAt: Instant
    var nextAttemptAt: Instant?
    var remote: Remote?
    var error: DeliveryError?
  }

  private(set) var deliveries: [PostID: [AccountName: Entry]] = [:]
  public private(set) var attempts = 0

  public init() {}

  /// Takes a record in, unless nobody vouches for it.
  ///
  /// - Returns: why it cannot follow what came before it.
  public mutating func take(_ record: HistoryRecord, isVouchedFor: Bool = true) -> [Objection] {
    attempts += 1
    let last = deliveries[record.post]?[record.account]
    let objections = objections(to: record, after: last)
    // A forged record must not make the true ones after it look wrong.
    if isVouchedFor, last.map({ record.attempt > $0.attempt && !$0.outcome.isOut }) ?? true {
      deliveries[record.post, default: [:]][record.account] = Entry(
        attempt: record.attempt, outcome: record.outcome, finishedAt: record.finishedAt, nextAttemptAt: record.nextAttemptAt,
        remote: record.remote, error: record.error)
    }
    return objections
  }

  private func objections(to record: HistoryRecord, after last: Entry?) -> [Objection] {
    var found: [Objection] = []
    if let last, last.outcome.isOut {
      let again = record.outcome.isOut ? "it says that the delivery went out again" : "it is of a delivery that had gone out already"
      found.append(
        Objection(
          .attemptAfterPublication, "\(again), after attempt \(last.attempt)", expected: "nothing after attempt \(last.attempt)",
          found: "attempt \(record.attempt), \(record.outcome.rawValue)"))
    }
    let expected = (last?.attempt ?? 0) + 1
    if record.attempt != expected {
      let isSkipped = record.attempt > expected
      found.append(
        Objection(
          isSkipped ? .attemptSkipped : .attemptRepeated,
          isSkipped ? "attempts before it were never recorded" : "an attempt with this number, or a later one, was recorded before it",
          expected: "attempt \(expected)", found: "attempt \(record.attempt)"))
    }
    return found
  }
}
