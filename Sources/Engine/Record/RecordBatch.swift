import Git
import Schedule
import Signatures

/// What one record commit says: files below the content folder, and a message made of ids and states only.
struct RecordBatch: Sendable {
  /// Files that are written once.
  private(set) var history: [HistoryRecord] = []
  /// Files that are replaced, by path below the content folder.
  private(set) var statuses: [String: StatusRecord] = [:]
  /// Status files that go away, each with the post that it is about: that of a post that lies elsewhere now, or one of an earlier version.
  private(set) var removed: [String: Place] = [:]
  /// What platforms said of accounts.
  var accounts: [AccountName: AccountNews] = [:]
  private(set) var attempts: [AttemptID] = []
  /// Attempts whose claims, being files in the repository, end with this commit: none, or all, in the order of the history.
  var endedClaims: [AttemptID] = []
  /// What platforms have accepted and still work on, for whoever may take over the claim, which is a file in the repository.
  var accepted: [Accepted] = []
  /// The commit up to which the records of others are known to who made the batch; `nil` where nobody else records anything.
  var known: Known?
  /// What each status file in the batch says about a hold.
  private(set) var holds: [PostID: String?] = [:]

  struct Accepted: Equatable, Sendable {
    var attempt: AttemptID
    var steps: [Observation.Remembered]
    var remote: Remote
  }

  /// Where a post lies, or lay.
  struct Place: Equatable, Sendable {
    var post: PostID
    var path: String
  }

  struct Known: Equatable, Sendable {
    var tip: ObjectID?
  }

  private var outcomes: [(id: DeliveryID, state: DeliveryState.Name)] = []
  private let folder: String
  private let source: String
  let host: String

  /// - Parameters:
  ///   - folder: the content folder.
  ///   - source: the commit whose content asked for it.
  init(folder: String, source: String, host: String) {
    self.folder = folder
    self.source = source
    self.host = host
  }

  var isEmpty: Bool { history.isEmpty && statuses.isEmpty && removed.isEmpty && accounts.isEmpty }

  /// Whether both would make the same commit.
  func saysTheSame(as other: RecordBatch) -> Bool {
    message == other.message && removed == other.removed && statuses == other.statuses && history == other.history
      && accepted == other.accepted && accounts == other.accounts
  }

  mutating func add(_ record: HistoryRecord, of attempt: AttemptID) {
    history.append(record)
    attempts.append(attempt)
    outcomes.append((attempt.delivery, record.outcome))
  }

  /// Has the host vouch for what it says.
  mutating func seal(with key: SigningKey) throws { history = try history.map { try $0.sealed(with: key) } }

  mutating func add(_ status: StatusRecord) {
    let post = ContentPath.inside(folder, status.path)
    guard let file = StatusRecord.file(ofPost: post) else { return }
    statuses[file] = status
    if let earlier = StatusRecord.earlierFile(ofPost: post) { removed[earlier] = Place(post: status.post, path: status.path) }
    holds[status.post] = status.holdReason
  }

  /// Removes the status of posts that lie elsewhere now.
  mutating func remove(statusesOf posts: [String: PostID]) {
    for (path, id) in posts {
      let post = ContentPath.inside(folder, path)
      for file in [StatusRecord.file(ofPost: post), StatusRecord.earlierFile(ofPost: post)] {
        if let file { removed[file] = Place(post: id, path: path) }
      }
    }
    removed = removed.filter { statuses[$0.key] == nil }
  }

  /// Which attempts and posts have a file that cannot be written.
  func obstructed(_ isObstructed: (String) -> Bool) -> (attempts: Set<AttemptID>, posts: Set<PostID>) {
    let posts = Set(statuses.filter { isObstructed("\(folder)/\($0.key)") }.map(\.value.post))
    let attempts = zip(attempts, history).filter { posts.contains($0.delivery.post) || isObstructed("\(folder)/\($1.file)") }.map(\.0)
    return (Set(attempts), posts)
  }

  /// The batch as far as it was written, for whoever marks that.
  func without(_ attempts: Set<AttemptID>, _ posts: Set<PostID>) -> RecordBatch {
    var rest = self
    rest.attempts.removeAll(where: attempts.contains)
    rest.holds = rest.holds.filter { !posts.contains($0.key) }
    return rest
  }

  /// The commit message: what happened, then where it came from.
  var message: String {
    var lines = [subject, ""]
    if !source.isEmpty { lines.append("Posthorn-Source: \(source)") }
    lines.append("Posthorn-Host: \(host.filter { $0.isASCII && !$0.isWhitespace })")
    return lines.joined(separator: "\n") + "\n"
  }

  private var subject: String {
    guard let first = outcomes.first else { return statusSubject }
    if outcomes.count == 1 {
      let suffix = first.state == .published ? "" : ": \(first.state.rawValue)"
      return "publish \(first.id)\(suffix)"
    }
    let counts = Dictionary(grouping: outcomes, by: \.state).mapValues(\.count)
    let parts = DeliveryState.Name.allCases.compactMap { state in counts[state].map { "\($0) \(state.rawValue)" } }
    return "publish \(outcomes.count) deliveries: \(parts.joined(separator: ", "))"
  }

  private var statusSubject: String {
    if holds.isEmpty, removed.isEmpty, let account = accounts.keys.min() {
      return accounts.count == 1 ? "sync \(account)" : "sync \(accounts.count) accounts"
    }
    guard holds.count == 1, let (post, reason) = holds.first else { return "update the status of \(max(holds.count, removed.count)) posts" }
    return reason == nil ? "update the status of \(post)" : "hold \(post)"
  }
}

extension StatusRecord {
  /// What it says about a hold.
  var holdReason: String? { deliveries.lazy.compactMap { $0.state == .held ? $0.reason : nil }.first ?? reason }
}
