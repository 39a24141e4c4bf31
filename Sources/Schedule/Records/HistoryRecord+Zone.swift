import YAML

extension HistoryRecord {
  /// The warning that the rules of the post's zone have changed since this attempt: the same wall-clock time is another instant now. `nil`
  /// where it is the same one, or the post asks for another time.
  ///
  /// - Parameter tzdata: the version by which `reading` was read.
  public func zoneChange(in reading: PostReading, tzdata: String) -> Diagnostic? {
    guard let post = reading.post, reading.id == self.post, post.scheduledTime == scheduledTime, post.offset == offset, !outcome.isOut,
      let delivery = reading.deliveries.first(where: { $0.id.account == account }), delivery.timezone == timezone,
      delivery.scheduledAt != scheduledAt
    else { return nil }
    return Diagnostic(
      .zoneChanged, at: reading.timeSpan, of: reading.path,
      "\(scheduledTime) in \(timezone) was \(scheduledAt) by tzdata \(self.tzdata), and is \(delivery.scheduledAt) by this host's \(tzdata)",
      hint: "what was scheduled has moved with the clocks of the zone; change scheduled_time if it should not")
  }
}
