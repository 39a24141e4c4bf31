import Schedule

/// Who may make a call now. Of those that have to wait, each account has its turn, and of one account whoever came first.
struct CallSlots {
  private var shares: Shares
  private var waiting: [AccountName: ArraySlice<CheckedContinuation<Void, Never>>] = [:]
  /// The accounts of those that wait; the next one in front.
  private var turns: ArraySlice<AccountName> = []

  init(limit: Int) { shares = Shares(limit: limit) }

  /// - Returns: whether there is room now.
  mutating func take(_ account: AccountName) -> Bool {
    guard waiting[account] == nil, shares.allows(account) else { return false }
    shares.take(account)
    return true
  }

  /// It is resumed when it has room.
  mutating func wait(_ account: AccountName, _ continuation: CheckedContinuation<Void, Never>) {
    if waiting[account] == nil { turns.append(account) }
    waiting[account, default: []].append(continuation)
  }

  /// Ends a call, and lets others go for which there is room now.
  mutating func giveBack(_ account: AccountName) {
    shares.giveBack(account)
    for _ in 0..<turns.count {
      guard let next = turns.popFirst() else { return }
      if shares.allows(next), let continuation = waiting[next]?.popFirst() {
        shares.take(next)
        continuation.resume()
      }
      if waiting[next]?.isEmpty == true { waiting[next] = nil } else { turns.append(next) }
    }
  }
}
