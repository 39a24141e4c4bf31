import YAML

extension PlatformCheck {
  /// Holds the post against what the last sync of the account saw. What it did not see forbids nothing.
  func checkAccount(_ options: GivenOptions, _ form: ContentForm?, _ facts: OptionFacts, at node: NodeID, _ reader: inout ContentReader) {
    guard let record, let syncedAt = record.syncedAt else { return }
    let when = "when it was last synced, on \(syncedAt.description.prefix(10))"
    let again = "if that has changed, run: posthorn account sync \(account.name)"
    for rule in schema.accountRules where rule.speaks(of: options.all, in: form) {
      switch rule.demand {
      case .offers(let name):
        guard case .text(let level) = options.all[name], let levels = record.creator?.privacyLevelOptions, !levels.isEmpty,
          !levels.contains(level)
        else { continue }
        let offered = levels.prefix(10).joined(separator: ", ")
        reader.report(
          .accountPrivacy, at: place(of: name, reader) ?? node,
          "account \(account.name) could not choose \(name): \(level) \(when), only \(offered)", hint: "choose one of them; \(again)")
      case .allows(let interaction, unless: let name):
        guard record.creator?.isOff(interaction) == true, options.all[name] != .flag(true) else { continue }
        reader.report(
          .accountInteraction, at: place(of: name, reader) ?? node,
          "\(interaction.words) was off for all that account \(account.name) publishes \(when), so it will be off here",
          hint: "write \(name): true, to say that you know; \(again)")
      case .takesFilm:
        guard let longest = record.creator?.longestVideo, longest > .zero, let film = facts.film, film.duration > longest else { continue }
        reader.report(
          .accountDuration, at: film.node,
          "\(film.name) lasts \(film.duration.seconds), and account \(account.name) could publish at most \(longest.text) \(when)",
          hint: "cut it; \(again)")
      case .grants(let scope):
        guard let scopes = record.token?.scopes, !scopes.isEmpty, !scopes.contains(scope) else { continue }
        let condition = rule.given.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }.joined(separator: ", ")
        reader.report(
          .accountScope, at: node,
          "the login of account \(account.name) was not granted \(scope)\(condition.isEmpty ? "" : ", which \(condition) needs")",
          hint: "log in again, grant it, and sync: posthorn account login \(account.name); posthorn account sync \(account.name)")
      }
    }
  }
}

extension AccountRecord.Creator {
  fileprivate func isOff(_ interaction: AccountRule.Interaction) -> Bool {
    switch interaction {
    case .comment: commentDisabled
    case .duet: duetDisabled
    case .stitch: stitchDisabled
    }
  }
}

extension AccountRule.Interaction {
  fileprivate var words: String {
    switch self {
    case .comment: "commenting"
    case .duet: "making a duet"
    case .stitch: "stitching"
    }
  }
}
