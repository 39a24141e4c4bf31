/// What can be wrong with a post, each in a way that every validator of the format has to find.
enum Mistake: CaseIterable {
  case unknownKey, unknownZone, noSuchDay, wordsForTime, unknownAccount, missingAccounts, noAccounts, plainMedia, listForTitle

  /// The mistake of a post by its number: about one in a thousand has one, and all kinds come in turn.
  static func of(post number: Int) -> Mistake? {
    guard number % 997 == 5 else { return nil }
    return allCases[number / 997 % allCases.count]
  }

  func spoil(_ lines: inout [String]) {
    switch self {
    case .unknownKey: lines.append("captoin: Doors open")
    case .unknownZone: replace("timezone:", with: "timezone: Europe/Atlantis", in: &lines)
    case .noSuchDay: replace("scheduled_time:", with: "scheduled_time: 2030-02-30T09:00:00", in: &lines)
    case .wordsForTime: replace("scheduled_time:", with: "scheduled_time: tomorrow at nine", in: &lines)
    case .unknownAccount: replace("accounts:", with: "accounts: [nobody]", in: &lines)
    case .missingAccounts: lines.removeAll { $0.hasPrefix("accounts:") }
    case .noAccounts: replace("accounts:", with: "accounts: []", in: &lines)
    case .plainMedia: replace("  - url:", with: "  - url: ftp://media.example.com/a.mp4", in: &lines)
    case .listForTitle:
      lines.removeAll { $0.hasPrefix("title:") }
      lines.append("title: [Doors, open]")
    }
  }

  private func replace(_ start: String, with line: String, in lines: inout [String]) {
    lines = lines.map { $0.hasPrefix(start) ? line : $0 }
  }
}
