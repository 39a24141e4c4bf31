extension StatusRecord {
  /// What it says once others' records are heard of: each attempt after those that it counts is the delivery's last one.
  public func taking(_ records: [HistoryRecord]) -> StatusRecord {
    updated(by: records) { entry, record in entry.map { $0.attempts < record.attempt } ?? true }
  }

  /// What it says where others recorded an attempt first that was recorded here as well, because its holder was taken for dead. What is known
  /// here to be out stays out.
  public func yielding(to records: [HistoryRecord]) -> StatusRecord {
    updated(by: records) { entry, record in entry.map { $0.attempts == record.attempt && !$0.state.isOut } ?? false }
  }

  private func updated(by records: [HistoryRecord], where isNews: (Delivery?, HistoryRecord) -> Bool) -> StatusRecord {
    if records.isEmpty { return self }
    var status = self
    for record in records where record.post == post {
      let place = status.deliveries.firstIndex { $0.account == record.account }
      guard isNews(place.map { status.deliveries[$0] }, record) else { continue }
      let delivery = Delivery(
        account: record.account, platform: record.platform, state: record.outcome, attempts: record.attempt,
        nextAttemptAt: record.nextAttemptAt, remote: record.remote, error: record.error)
      if let place { status.deliveries[place] = delivery } else { status.deliveries.append(delivery) }
      if record.outcome.isOut { status.publishedAt = status.publishedAt.map { max($0, record.finishedAt) } ?? record.finishedAt }
    }
    if status != self { status.deliveries.sort { $0.account < $1.account } }
    return status
  }
}
