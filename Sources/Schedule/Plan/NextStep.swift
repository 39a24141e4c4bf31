/// What moves a delivery on, for whoever asks why nothing happens.
public struct NextStep: Equatable, Sendable {
  /// One sentence.
  public var text: String
  /// What to type, where typing helps.
  public var command: String?
}

extension PostStanding {
  /// What holds a delivery now, and what moves it on.
  public func nextStep(of delivery: StatusRecord.Delivery, now: Instant) -> NextStep {
    let (post, account) = (status.post, delivery.account)
    switch delivery.state {
    case .scheduled, .publishing, .retrying:
      let due = delivery.nextAttemptAt ?? status.scheduledAt
      guard let due, due + grace < now else {
        let what = delivery.state == .retrying ? "it is tried again" : "it goes out"
        return NextStep(text: due.map { "\(what) \($0.relative(to: now))" } ?? "\(what) when it is due")
      }
      return NextStep(text: "it is past its time; no daemon has recorded what became of it", command: "posthorn reconcile")
    case .submitted: return NextStep(text: "the platform is still working on it")
    case .published: return NextStep(text: "it went out, and never goes out again")
    case .delivered: return NextStep(text: "it waits in the account's inbox for somebody to finish it there")
    case .failed, .missed, .cancelled:
      guard scheduledTime != nil else {
        return NextStep(text: "its file is gone; to let it go out, push it again with another scheduled_time")
      }
      return NextStep(text: "to let it go out, push another scheduled_time, or arm it again", command: "posthorn retry \(post) \(account)")
    case .inDoubt:
      return NextStep(
        text: "look at the account, and say whether it is there", command: "posthorn resolve \(post) \(account) --published|--not-published"
      )
    case .held: return NextStep(endingHoldOf: delivery, in: status)
    }
  }
}

extension NextStep {
  /// What ends a hold; the command stands in the reason, where the hold has one.
  public init(endingHoldOf delivery: StatusRecord.Delivery, in status: StatusRecord) {
    let reason = delivery.reason ?? status.reason ?? ""
    let command = Self.holdCommand(in: reason)
    (text, self.command) =
      switch true {
      case command != nil: ("it goes out once that is done", command)
      case reason.hasPrefix("suspended"): ("take suspend out of \(status.path), or out of the account's file, and push", nil)
      case reason.hasPrefix("renamed"):
        ("it went out under its old name, or may have; write the line that the reason names into \(status.path), and push", nil)
      case reason.hasPrefix("the clock"): ("set the host's clock right, or say that it is", "posthorn resume --clock")
      case reason.hasPrefix("the settings"): ("mend the settings and push", "posthorn validate")
      case reason.hasPrefix("another daemon"): ("mend what stands in the place of its claim, as the reason says, and push", nil)
      case reason.hasPrefix("nobody vouches"):
        (
          "look at the account, and say whether it is there",
          "posthorn resolve \(status.post) \(delivery.account) --published, or posthorn retry \(status.post) \(delivery.account)"
        )
      default: ("mend the file and push", "posthorn validate \(status.path)")
      }
  }

  /// The command that the reason of a hold names. Words of others stand in reasons too, so it is one of ours and of plain words, or none.
  public static func holdCommand(in reason: String) -> String? {
    guard !reason.hasPrefix("suspended"), let range = reason.firstRange(of: "run: posthorn ") else { return nil }
    let command = "posthorn \(reason[range.upperBound...])"
    return command.utf8.allSatisfy({ isPlain($0) }) ? command : nil
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x20, 0x2D...0x2F, 0x3A, 0x5F: true
    default: false
    }
  }
}
