/// A delivery that is asked for under a new name, and went out, or may have, under an old one that nobody asks for any more.
public struct Renamed: Hashable, Sendable {
  public var new: DeliveryID
  public var old: DeliveryID
  public var standing: Standing

  /// How far the old one got.
  public enum Standing: Hashable, Sendable {
    /// When, where that is known.
    case out(at: Instant?)
    case inDoubt
    /// It is being sent, or the platform works on it.
    case underWay
  }

  public init(_ new: DeliveryID, is old: DeliveryID, _ standing: Standing) {
    (self.new, self.old, self.standing) = (new, old, standing)
  }

  /// What became of it under its old name.
  public var what: String { what(to: [old.account]) }

  /// The same for several accounts.
  func what(to accounts: [AccountName]) -> String {
    let names = accounts.map(\.text).joined(separator: ", ")
    switch standing {
    case .out(let instant): return "it went out to \(names) as \(old.post)\(instant.map { " at \($0)" } ?? "")"
    case .inDoubt: return "it may have gone out to \(names) as \(old.post), which is in doubt"
    case .underWay: return "it is going out to \(names) as \(old.post)"
    }
  }

  /// The line to write.
  public var remedy: String {
    let again = "\"repeats: \(old.post)\" to send it once more"
    guard old.post == new.post else { return "write \"id: \(old.post)\" to keep it that post, or \(again)" }
    return "\(new.account) is \(old.account) under a new name; leave it so, or write \(again)"
  }

  /// Whether a delivery is another one under a new name.
  ///
  /// - Parameters:
  ///   - isMove: whether one change took the old name away and brought the new one.
  ///   - standing: of the old one.
  public static func isSame(
    _ new: (said: Said, at: Instant), as old: (said: Said, at: Instant), isMove: Bool, _ standing: Standing
  ) -> Bool {
    // At another instant the same words of other pictures are another post.
    new.at == old.at ? new.said.words == old.said.words : new.said == old.said && (isMove || standing == .inDoubt)
  }
}

extension Renamed.Standing {
  /// `nil` where it did not go out, and is not about to.
  public init?(_ state: DeliveryState.Name, at instant: Instant?) {
    switch state {
    case .published, .delivered: self = .out(at: instant)
    case .inDoubt: self = .inDoubt
    case .publishing, .submitted: self = .underWay
    case .scheduled, .retrying, .failed, .held, .missed, .cancelled: return nil
    }
  }
}
