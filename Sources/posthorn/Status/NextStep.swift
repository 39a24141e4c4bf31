import Schedule

extension StatusRecord.Delivery {
  /// What moves the delivery on, a command where there is one; `nil` where time alone does.
  func next(in status: StatusRecord, isStuck: Bool) -> String? {
    switch state {
    case .inDoubt:
      "look at the account, then: posthorn resolve \(status.post) \(account) --published [URL], or --not-published"
    case .failed, .missed: "posthorn retry \(status.post) \(account), or change its scheduled_time"
    case .held: NextStep(endingHoldOf: self, in: status).line
    case .scheduled, .publishing, .retrying: isStuck ? "run: posthorn reconcile, or a daemon; what hinders it: posthorn doctor" : nil
    case .submitted: isStuck ? "look at the account; to ask again: posthorn reconcile" : nil
    case .published, .delivered, .cancelled: nil
    }
  }
}

extension NextStep {
  /// The same in one line.
  var line: String { command.map { "\(text): \($0)" } ?? text }
}
