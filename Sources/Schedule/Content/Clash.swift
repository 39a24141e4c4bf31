/// Two posts that stand in each other's way on an account, or one too many there.
public struct Clash: Sendable {
  /// The number of the post that is reported about.
  public let post: Int
  /// The number of the one that it clashes with; `nil` where the post is one too many.
  public let other: Int?
  var accounts: Set<AccountName>
  let kind: Kind
  /// How much later the other one leaves; negative for one that leaves before.
  let distance: Duration

  enum Kind: Sendable {
    /// Nearer than `wanted`; at the same instant where the account asks for nothing.
    case close(wanted: Duration?)
    /// More than `most` in 24 hours: the one at `late` could leave at `free`.
    case daily(most: Int, late: Instant, free: Instant, isMissed: Bool)
    case repeated
  }

  init(_ kind: Kind, post: Int, other: Int?, account: AccountName, distance: Duration = .zero) {
    (self.kind, self.post, self.other, self.distance) = (kind, post, other, distance)
    accounts = [account]
  }

  /// What a reviewer is told.
  ///
  /// - Parameters:
  ///   - reading: of the post.
  ///   - path: of the other one.
  public func diagnostic(of reading: PostReading, beside path: String?, in catalog: Catalog) -> Diagnostic {
    let names = accounts.sorted().map(\.text).joined(separator: ", ")
    let other = path ?? reading.path
    switch kind {
    case .close(let wanted):
      let asked = wanted.map { ", and \(names) asks for \($0.text) between two posts" } ?? ""
      return Diagnostic(
        .accountSpacing, at: reading.timeSpan, of: reading.path, "\(other) leaves for \(names) \(when)\(asked)",
        hint: spacingHint(reading, wanted, names, catalog))
    case .daily(let most, let late, let free, let isMissed):
      let who = self.other == nil ? "this is one more" : "with this one, \(other) is one more"
      let then = isMissed ? ", after its grace: it would be missed" : ""
      let (lateTime, freeTime) = (time(late, reading, catalog), time(free, reading, catalog))
      return Diagnostic(
        .accountDaily, at: reading.timeSpan, of: reading.path,
        "\(names) takes \(most) post\(most == 1 ? "" : "s") in 24 hours, and \(who): what is due at \(lateTime) could leave at \(freeTime)\(then)",
        hint: "choose a time on another day, or raise limits.per_day in accounts/\(names).yaml")
    case .repeated:
      return Diagnostic(
        .postRepeated, at: reading.contentSpan, of: reading.path, "\(other) says the same to \(names) \(when)",
        hint: "remove one of the two, or change what it says; several platforms refuse a text that they had already")
    }
  }

  /// `27 s earlier`, seen from the post that is reported about.
  private var when: String {
    if distance == .zero { return "at the same instant" }
    return distance > .zero ? "\(distance.rounded) later" : "\((.zero - distance).rounded) earlier"
  }

  private func spacingHint(_ reading: PostReading, _ wanted: Duration?, _ account: String, _ catalog: Catalog) -> String {
    guard let wanted, let delivery = delivery(of: reading) else {
      return "move one of them; if it is meant, write limits: {spacing: 0s} in accounts/\(account).yaml"
    }
    let other = delivery.scheduledAt + distance
    let words =
      distance > .zero
      ? "choose \(time(other - wanted, reading, catalog)) or earlier" : "choose \(time(other + wanted, reading, catalog)) or later"
    return "\(words), or change limits.spacing in accounts/\(account).yaml"
  }

  private func delivery(of reading: PostReading) -> PlannedDelivery? { reading.deliveries.first { accounts.contains($0.id.account) } }

  /// On the clock of the post's zone.
  private func time(_ instant: Instant, _ reading: PostReading, _ catalog: Catalog) -> String {
    guard let zone = delivery(of: reading).flatMap({ catalog.zones.zone($0.timezone) }) else { return "\(instant)" }
    return "\(zone.wallClock(at: instant))"
  }
}
