import Schedule

extension StatusRecord.Delivery {
  /// What moves the delivery on, a command where there is one; `nil` where time alone does.
  func next(in status: StatusRecord, isStuck: Bool) -> String? {
    switch state {
    case .inDoubt:
      "look at the account, then: posthorn resolve \(status.post) \(account) --published [URL], or --not-published"
    case .failed, .missed: "posthorn retry \(status.post) \(account), or change its scheduled_time"
    case .held: release(status)
    case .scheduled, .publishing, .retrying: isStuck ? "run: posthorn reconcile, or a daemon; what hinders it: posthorn doctor" : nil
    case .submitted: isStuck ? "look at the account; to ask again: posthorn reconcile" : nil
    case .published, .delivered, .cancelled: nil
    }
  }

  private func release(_ status: StatusRecord) -> String {
    // A hold of the host says itself what to run.
    if let command = reason.flatMap({ NextStep.holdCommand(in: $0) }) { return command }
    if reason?.hasPrefix("suspended") == true { return "take suspend out of \(status.path), or out of the account's file, and push" }
    if reason?.hasPrefix("renamed") == true { return "write the line that the reason names into \(status.path), and push" }
    return "posthorn validate \(status.path)"
  }
}
