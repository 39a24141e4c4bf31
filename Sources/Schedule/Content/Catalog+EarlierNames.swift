extension Catalog {
  /// What accounts were called in `before`, by the names that they have here: the file is gone there, and one with the same platform, origin and
  /// handle is new here. Of several that could be meant, those count that are alike in everything.
  public func earlierNames(since before: Catalog) -> [AccountName: [AccountName]] {
    let gone = before.accounts.keys.filter { accounts[$0] == nil }.compactMap(before.account)
    guard !gone.isEmpty else { return [:] }
    var found: [AccountName: [AccountName]] = [:]
    for name in accounts.keys where before.accounts[name] == nil {
      guard let account = account(name) else { continue }
      let similar = gone.filter(account.isSamePlace)
      let same = similar.filter { $0.parameters == account.parameters }
      let names = (same.isEmpty ? similar : same).map(\.name).sorted()
      if !names.isEmpty { found[name] = names }
    }
    return found
  }
}

extension Account {
  /// Whether what goes to one goes to the other, as far as their files tell: the same platform, origin and handle.
  public func isSamePlace(as other: Account) -> Bool {
    platform == other.platform && handle == other.handle && origin == other.origin
  }

  /// Scheme, host and port of its address, as they are written; nothing where the platform has its own.
  private var origin: String {
    guard case .text(let url)? = parameters["url"] else { return "" }
    return url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3).joined(separator: "/").lowercased()
  }
}
