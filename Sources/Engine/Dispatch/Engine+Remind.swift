import Schedule

/// Reminders. What is due within a day or so has one in the queue; what is due later waits in the schedule alone, which is looked through
/// again long before that. So the queue is as long as a day, however many years are planned.
extension Engine {
  /// Looks ahead in time, although nothing may happen for days.
  func lookLoop() async {
    while !Task.isCancelled {
      await clock.pause(for: .seconds(3600))
      pump()
    }
  }

  /// Looks through the schedule, and sets a reminder for everything that has none and needs one before the next look. Before anything may be
  /// looked at it does nothing: who begins looks at all.
  ///
  /// - Parameter all: for what has one too, as it may be ours only now.
  func lookAhead(all: Bool = false) {
    guard hasBegun else { return }
    let before = all ? .distantPast : lookedThrough
    lookedThrough = max(lookedThrough, now() + Self.sight)
    desired.forEach(through: lookedThrough) { post in
      for delivery in post.deliveries where delivery.scheduledAt > before {
        remind(DeliveryID(post: post.id, account: delivery.account), delivery)
      }
    }
  }

  /// When the schedule is to be looked through again.
  var nextLook: Instant { lookedThrough - Self.sight * 0.25 }

  /// Sets the first reminder of a delivery.
  func remind(_ id: DeliveryID, _ delivery: DesiredDelivery) {
    guard !observed.isOver(id, at: delivery.scheduledAt) else { return }
    switch Timing(scheduledAt: delivery.scheduledAt, grace: delivery.grace).decision(after: observed[id], now: .distantPast) {
    case .wait(let instant):
      wait(id, delivery, until: instant - (readsFiles(delivery.platform) ? Self.readingLead : lead(of: delivery, after: observed[id])))
    case .arm, .publish, .miss: queue.push(id, at: .distantPast, due: delivery.scheduledAt)
    case .nothing: break
    }
  }

  /// Has a delivery looked at again at `instant`, which belongs to its time.
  func wait(_ id: DeliveryID, _ delivery: DesiredDelivery, until instant: Instant) {
    if delivery.scheduledAt <= lookedThrough { queue.push(id, at: instant) }
  }

  /// Longer than anything is begun before its time, and a look costs a moment with a million posts.
  private static let sight = Duration.seconds(36 * 3600)
}
