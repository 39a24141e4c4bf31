import YAML

extension StatusRecord {
  /// The warning that a post went out already, and that what its file says now goes nowhere any more; `nil` where it still goes somewhere.
  ///
  /// - Parameter isEdited: whether the change under review touches the file. Without it only a time that is still to come is told: whoever
  ///   wrote it expects something to happen then.
  public func edit(of reading: PostReading, isEdited: Bool, now: Instant) -> Diagnostic? {
    let out = deliveries.filter { delivery in
      delivery.state.isOut && reading.deliveries.contains { $0.id.account == delivery.account }
    }
    guard reading.id == post, !out.isEmpty else { return nil }
    let isWholly = out.count == reading.deliveries.count
    let isToCome = reading.deliveries.contains { $0.scheduledAt > now }
    guard isEdited || isWholly && isToCome else { return nil }
    let names = out.map(\.account.text).sorted().joined(separator: ", ")
    let when = publishedAt.map { " at \($0)" } ?? ""
    return Diagnostic(
      .postPublished, at: isToCome ? reading.timeSpan : .wholeFile, of: reading.path,
      "\(post) went out to \(names)\(when) and never goes out there again, whatever is edited",
      hint: "for another publication write a new post with an id of its own; what is published is edited on the platform")
  }
}
