extension HoldReason {
  /// Whether it stays until somebody does something about it. Who suspended it has said so, and nothing is wrong.
  public var needsPerson: Bool {
    if case .suspended = self { false } else { true }
  }

  /// The same, with what is foreseen: a suspension that lasts until the delivery may not go out any more.
  ///
  /// - Parameter deadline: the last instant at which it may.
  public func text(before deadline: Instant) -> String {
    guard case .suspended(_, let until?) = self, until >= deadline else { return text }
    return "\(text); its grace ends at \(deadline), so it will be missed"
  }

  /// Why, and what to do about it.
  public var text: String {
    switch self {
    case .suspended(let reason, let until):
      "suspended" + (until.map { " until \($0)" } ?? "") + (reason.map { ": \($0)" } ?? "")
    case .needsLogin(let account): "account \(account) needs a login; run: posthorn account login \(account)"
    case .invalid(let finding, let commit): "invalid at \(commit.prefix(12)): \(finding)"
    case .clockInDoubt:
      "the clock of the host is in doubt; see its log, set it (timedatectl status), or confirm it: posthorn resume --clock"
    case .settings(let problem): "the settings cannot be relied on: \(problem)"
    case .claim(let why): "another daemon may be sending it: \(why)"
    case .burst(let commit):
      "too much became due at once through \(commit.prefix(12)); to let it go out, run: posthorn resume --burst \(commit.prefix(12))"
    case .renamed(let renamed):
      "renamed: \(renamed.what); \(renamed.remedy); by your word alone: posthorn retry \(renamed.new.post) \(renamed.new.account) --again"
    case .unsealed(let id, let file):
      "nobody vouches for the record \(file): its seal is missing or not that of a key of ours, so it may have gone out; look at the account, and "
        + "run: posthorn resolve \(id.post) \(id.account) --published, or, to let it go out: posthorn retry \(id.post) \(id.account)"
    }
  }
}
