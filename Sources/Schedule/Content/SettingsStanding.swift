/// Whether the settings of a commit may be relied on. Defaults are for what is absent, never for what cannot be read (N2).
public enum SettingsStanding: Equatable, Sendable {
  case sound
  /// They have this error, and those of an earlier commit stand.
  case earlier(commit: String, Diagnostic)
  /// They have this error, and no others are known: nothing may go out.
  case unreadable(Diagnostic)

  public var problem: Diagnostic? {
    switch self {
    case .sound: nil
    case .earlier(_, let problem), .unreadable(let problem): problem
    }
  }

  /// The error, and what is done about it; `nil` where there is none.
  public var text: String? {
    switch self {
    case .sound: nil
    case .earlier(let commit, let problem): "\(problem.place); the settings of \(commit.prefix(12)) stand until it is corrected and pushed"
    case .unreadable(let problem): "\(problem.place); everything is held until it is corrected and pushed"
    }
  }
}

/// The settings of a commit at which they had no error.
public struct EarlierSettings: Sendable {
  public var commit: String
  /// `nil` where there were none, and the defaults held.
  public var file: ContentFile?

  public init(commit: String, file: ContentFile?) { (self.commit, self.file) = (commit, file) }
}

extension Diagnostic {
  /// `schedule/posthorn.yaml:3:5: … [value.format]`
  public var place: String { "\(path):\(line):\(column): \(message) [\(rule.rawValue)]" }
}

extension ContentReader.SettingsReading {
  /// The first error but for those that change nothing that was said: unknown keys and, in `notify`, unknown accounts.
  var blockingProblem: Diagnostic? {
    diagnostics.sorted().first { $0.severity == .error && $0.rule != .keyUnknown && $0.rule != .accountUnknown }
  }
}
