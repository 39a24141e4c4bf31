extension AttemptLedger {
  /// What a status file says and the history does not; what content, time and the host decide (scheduled, held, publishing) is left alone.
  public func objections(to status: StatusRecord) -> [Objection] {
    let recorded = deliveries[status.post] ?? [:]
    var found = status.deliveries.flatMap { objections(to: $0, last: recorded[$0.account]) }
    for account in recorded.keys.sorted() where !status.deliveries.contains(where: { $0.account == account }) {
      found.append(Objection(.statusState, "it leaves out account \(account), which has attempts", expected: account.text))
    }
    let published = recorded.values.filter(\.outcome.isOut).map(\.finishedAt).max()
    if status.publishedAt != published {
      found.append(
        Objection(
          .statusState, "published_at is not that of the history", expected: published?.description ?? "null",
          found: status.publishedAt?.description ?? "null"))
    }
    return found
  }

  private func objections(to delivery: StatusRecord.Delivery, last: Entry?) -> [Objection] {
    guard Self.states(after: last?.outcome).contains(delivery.state) else {
      return [
        Objection(
          .statusState, "the history does not say that \(delivery.account) is \(delivery.state.rawValue)",
          expected: last?.outcome.rawValue ?? "no attempt yet", found: delivery.state.rawValue)
      ]
    }
    var found: [Objection] = []
    func check(_ field: String, _ expected: JSON, _ value: JSON) {
      guard expected != value else { return }
      found.append(
        Objection(
          .statusState, "\(field) of \(delivery.account) is not that of the history", expected: Self.line(expected), found: Self.line(value)
        ))
    }
    check("attempts", JSON(last?.attempt ?? 0), JSON(delivery.attempts))
    let isLast = delivery.state == last?.outcome
    check("next_attempt_at", JSON(isLast ? last?.nextAttemptAt : nil), JSON(delivery.nextAttemptAt))
    if isLast || delivery.error != nil { check("error", last?.error?.json ?? .null, delivery.error?.json ?? .null) }
    // What the platform calls something that it still works on is in no record yet.
    if isLast || (delivery.remote != nil && delivery.state != .submitted) {
      check("remote", last?.remote?.json ?? .null, delivery.remote?.json ?? .null)
    }
    return found
  }

  /// The states that a delivery can be in after an attempt that ended so.
  private static func states(after outcome: DeliveryState.Name?) -> Set<DeliveryState.Name> {
    let waiting: Set<DeliveryState.Name> = [.scheduled, .held, .publishing, .submitted]
    switch outcome {
    case .published, .delivered: return outcome.map { [$0] } ?? []
    case .inDoubt: return [.inDoubt, .publishing]
    case .retrying, .failed, .missed, .cancelled: return waiting.union(outcome.map { [$0] } ?? [])
    case nil, .scheduled, .publishing, .submitted, .held: return waiting
    }
  }

  private static func line(_ json: JSON) -> String {
    json.text().split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }.joined(separator: " ")
  }
}
