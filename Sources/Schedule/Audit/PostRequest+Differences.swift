extension PostRequest {
  /// What an edit changed of who and when: `the time from 2026-11-27T09:00 to …`; nothing where it changed other words alone.
  public func differences(from before: PostRequest) -> [String] {
    var found: [String] = []
    if let (old, new) = Self.change(before.timeText, timeText) { found.append("the time from \(old) to \(new)") }
    if let (old, new) = Self.change(before.timezone, timezone) { found.append("the zone from \(old) to \(new)") }
    let (gone, come) = (Set(before.accounts).subtracting(accounts), Set(accounts).subtracting(before.accounts))
    if !come.isEmpty { found.append("the accounts: \(come.sorted().map(\.text).joined(separator: ", ")) added") }
    if !gone.isEmpty { found.append("the accounts: \(gone.sorted().map(\.text).joined(separator: ", ")) removed") }
    return found
  }

  private var timeText: String? { scheduledTime.map { "\($0)\(offset?.description ?? "")" } }

  private static func change(_ old: String?, _ new: String?) -> (String, String)? {
    old == new ? nil : (old ?? "none", new ?? "none")
  }
}
