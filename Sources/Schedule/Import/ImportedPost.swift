public import YAML

/// A post from another program's file, not yet checked: its text, and where in that file each of its keys comes from.
public struct ImportedPost: Sendable {
  public var text: PostText
  /// The file that it comes from, as it was named.
  public var source: String
  /// The row, or the file.
  public var span: Span
  /// The line that it starts at, counted from 1.
  public var line: Int { Int(span.start.line) }
  /// By the post's key: `scheduled_time`.
  var places: [String: Span]
  /// Whether its id was chosen; one that was made from its words gets a number where another post has the same.
  var hasOwnID: Bool
  /// Whether it says everything that a post can say, and not what has a column alone.
  var hasMore = false
  /// When it went out where it comes from, where its zone was left to its accounts.
  var exportedFor: Instant?

  /// A finding in the post's text, moved to where the text comes from.
  func moved(_ diagnostic: Diagnostic) -> Diagnostic {
    let lines = text.text.split(separator: "\n", omittingEmptySubsequences: false).prefix(diagnostic.line)
    let key = lines.last { $0.first.map { $0 != " " && $0 != "-" } ?? false }?.split(separator: ":").first.map(String.init)
    var moved = diagnostic
    moved.path = source
    moved.span = diagnostic.span == .wholeFile ? span : key.flatMap { places[$0] } ?? span
    return moved
  }
}

/// What reading another program's file came to.
public struct ImportReading: Sendable {
  public var posts: [ImportedPost] = []
  /// What cannot become a post, and why.
  public var diagnostics: [Diagnostic] = []
  /// How many rows were left out because they are not to come any more, by their state.
  public var leftOut: [String: Int] = [:]

  public init() {}
}

/// What the posts of an import have in common, where they do not say it themselves.
public struct ImportDefaults: Sendable {
  public var accounts: [String]
  public var timezone: String?

  public init(accounts: [String], timezone: String?) { (self.accounts, self.timezone) = (accounts, timezone) }
}
