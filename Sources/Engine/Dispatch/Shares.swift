import Schedule

/// Places that all accounts share, each with a share of its own.
///
/// An account that is alone has three quarters of them; each further one has three quarters of what the others leave, and a few whatever they
/// take: a receiver that hangs fills its own share and nobody else's.
struct Shares {
  private let limit: Int
  /// So many an account always has.
  private let least: Int
  /// So many one account counts for at most, however many it holds: what was begun before it had to stop is not charged to others.
  private let most: Int
  private var taken: [AccountName: Int] = [:]
  private var total = 0

  init(limit: Int) {
    self.limit = limit
    (least, most) = (max(1, limit / 64), limit - limit / 4)
  }

  /// Whether the account may have another one now.
  func allows(_ account: AccountName) -> Bool {
    let own = taken[account] ?? 0
    return own < least || own < 3 * (limit - total)
  }

  mutating func take(_ account: AccountName) { change(account, by: 1) }

  mutating func giveBack(_ account: AccountName) { change(account, by: -1) }

  private mutating func change(_ account: AccountName, by difference: Int) {
    let before = taken[account] ?? 0
    let after = before + difference
    taken[account] = after == 0 ? nil : after
    total += min(after, most) - min(before, most)
  }
}
