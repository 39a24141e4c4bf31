import Schedule

/// Deliveries that nothing but a person moves on, as git tells.
enum DeliveryChecks {
  /// - Parameter said: what was found already; a hold whose command stands there is not said again.
  static func run(_ standings: [PostStanding], butNot said: [Finding], now: Instant = .now) -> [Finding] {
    let commands = Set(said.compactMap(\.advice))
    var (doubts, held, late): ([Item], [Item], [Item]) = ([], [], [])
    for standing in standings {
      let stuck = standing.stuck(at: now)
      for delivery in standing.status.deliveries {
        let item = Item(status: standing.status, delivery: delivery, isStuck: stuck.contains(delivery))
        switch delivery.state {
        case .inDoubt: doubts.append(item)
        case .held: if item.waitsForPerson(butNotFor: commands) { held.append(item) }
        default: if item.isStuck { late.append(item) }
        }
      }
    }
    return findings(doubts, .fail, "in doubt: it may have gone out") + findings(held, .fail, "held until somebody acts")
      + findings(late, .warn, "past its deadline")
  }

  private struct Item {
    var status: StatusRecord
    var delivery: StatusRecord.Delivery
    var isStuck: Bool

    var next: String? { delivery.next(in: status, isStuck: isStuck) }
    /// Why, as far as a line has room for it.
    var reason: String { (delivery.reason ?? delivery.error?.message).map { "; \($0.prefix(300))" } ?? "" }

    /// What somebody suspended waits by their own word.
    func waitsForPerson(butNotFor commands: Set<String>) -> Bool {
      guard !(delivery.reason ?? "").hasPrefix("suspended") else { return false }
      return NextStep(endingHoldOf: delivery, in: status).command.map { !commands.contains($0) } ?? true
    }
  }

  /// The first few by name, each with what ends it; the rest counted.
  private static func findings(_ items: [Item], _ level: Finding.Level, _ what: String) -> [Finding] {
    let named = items.prefix(most).map { item in
      Finding(
        level: level, subject: "delivery", text: "\(item.status.post) to \(item.delivery.account) is \(what)\(item.reason)",
        advice: item.next)
    }
    guard items.count > most else { return named }
    let list = items.allSatisfy(\.isStuck) ? "posthorn status --stuck" : "posthorn status"
    return named + [Finding(level: level, subject: "delivery", text: "\(items.count - most) more are \(what)", advice: list)]
  }

  private static let most = 5
}
