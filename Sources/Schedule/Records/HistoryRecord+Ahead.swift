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

  /// Whether its times speak against our own clock, where a key of ours has sealed it. What is further ahead than a day says so of the clock
  /// that wrote it: every doubt that a record makes ends by itself.
  public func mayDoubtClock(at now: Instant) -> Bool { isAhead(of: now) && finishedAt <= now + .seconds(86_400) }
}

extension Duration {
  /// What others wrote may be so far ahead of our clock; their clocks may differ from it.
  public static let mostAhead = Duration.seconds(300)
}
