extension HistoryRecord {
  /// Whether it is of a time that is still to come: the clock that wrote it was wrong, ours is, or somebody has made it up.
  public func isAhead(of now: Instant) -> Bool { max(finishedAt, startedAt ?? finishedAt) > now + .mostAhead }

  /// The same as it counts here: of a record that is ahead the times are ignored, and it is as if it had happened now. What it says of its
  /// delivery stays.
  public func heard(at now: Instant) -> HistoryRecord {
    guard isAhead(of: now) else { return self }
    var record = self
    record.finishedAt = min(finishedAt, now)
    record.startedAt = startedAt.map { min($0, now) }
    record.nextAttemptAt = nextAttemptAt.map { min($0, now) }
    return record
  }

  /// Whether its times may be held against our own clock: only those of a record that a key of ours has sealed. No record is sealed yet.
  public var isVouchedFor: Bool { false }
}

extension Duration {
  /// What others wrote may be so far ahead of our clock; their clocks may differ from it.
  public static let mostAhead = Duration.seconds(300)
}
