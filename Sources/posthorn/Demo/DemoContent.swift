import Git
import Schedule

/// The repository of the demo: settings, two accounts, and four posts that end in four ways.
struct DemoContent {
  static let folderName = "schedule"
  let folder: String
  let now: Instant
  /// Where the webhook account points to.
  let url: String

  var remote: String { "\(folder)/remote.git" }
  var state: String { "\(folder)/state" }
  var summary: String { "doors-open now, partners-only now, impossible at a time that does not exist, next-year later" }

  private static let branch = "refs/heads/main"

  func create() throws(Failure) {
    try commit(
      [
        "posthorn.yaml": "retry: {delays: [2s, 4s]}\nrecord: {interval: 1s}\n", "accounts/outbox.yaml": "platform: outbox\n",
        "accounts/partners.yaml": "platform: webhook\nurl: \(url)\n",
      ], "Add two accounts", making: true)
  }

  func addPosts() throws(Failure) {
    let due = wallClock(now)
    let year = (Int(due.prefix(4)) ?? 2026) + 1
    try commit(
      [
        "posts/doors-open.yaml": "scheduled_time: \(due)\ntimezone: UTC\naccounts: [outbox]\ncaption: Doors open at nine.\n",
        "posts/partners-only.yaml": "scheduled_time: \(due)\ntimezone: UTC\naccounts: [partners]\ncaption: Bring your badge.\n",
        "posts/impossible.yaml":
          "scheduled_time: 2027-03-14T02:30\ntimezone: America/New_York\naccounts: [outbox]\ncaption: The clocks skip this time.\n",
        "posts/next-year.yaml":
          "scheduled_time: \(year)-11-27T09:00\ntimezone: Europe/Paris\naccounts: [outbox, partners]\ncaption: See you in a year.\n",
      ], "Schedule four posts", making: false)
  }

  private func commit(_ files: [String: String], _ message: String, making: Bool) throws(Failure) {
    do throws(GitError) {
      let repository = try making ? Repository.create(bareAt: remote) : Repository(at: remote)
      let tip = try repository.reference(Self.branch)
      let edits = files.sorted { $0.key < $1.key }.map { FileEdit(path: "\(Self.folderName)/\($0.key)", content: Array($0.value.utf8)) }
      let person = Signature(name: "Author", email: "author@example.org", time: Instant.now.seconds)
      guard let commit = try repository.write(edits, onto: tip, message: message + "\n", author: person, committer: person) else { return }
      _ = try repository.compareAndSwap(reference: Self.branch, from: tip, to: commit, message: message)
    } catch { throw .couldNot(error.description) }
  }

  /// Waits until the records say that both posts that are due went out and the invalid one is held.
  ///
  /// - Returns: `false` where they do not say so in time.
  func waitForRecords(atMost limit: Duration) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
      let states = try statuses().reduce(into: [:]) { $0[$1.post.text] = $1.state }
      if states["doors-open"] == .published, states["partners-only"] == .published, states["impossible"] == .held { return true }
      try await Task.sleep(for: .milliseconds(200))
    }
    return false
  }

  private func statuses() throws(Failure) -> [StatusRecord] {
    guard let tip = try tip() else { return [] }
    return try RecordFolder(at: tip, in: remote, folder: Self.folderName, complain: { _ in }).statuses()
  }

  private func tip() throws(Failure) -> ObjectID? {
    do throws(GitError) { return try Repository(at: remote).reference(Self.branch) } catch { throw .couldNot(error.description) }
  }

  /// The commits, newest first, as `git log --oneline` shows them, with their authors.
  func log() throws(Failure) -> String {
    do throws(GitError) {
      let repository = try Repository(at: remote)
      guard let tip = try repository.reference(Self.branch) else { return "" }
      return try repository.firstParents(from: tip, limit: 50).map { commit in
        "\(commit.id.hex.prefix(7)) \(commit.author.name.printable): \(commit.message.prefix { $0 != "\n" }.printable)"
      }.joined(separator: "\n")
    } catch { throw .couldNot(error.description) }
  }

  func status() throws(Failure) -> String {
    guard let tip = try tip() else { return "" }
    let zones = try Zones.host()
    let content = try ContentState(at: tip.hex, in: remote, folder: Self.folderName, zones: zones)
    let standings = PostStanding.all(of: content.side, recorded: try statuses(), now: .now)
    return StatusReport(standings: standings, time: LocalTime(zones: zones), now: .now).table(width: 77, .off)
  }

  private func wallClock(_ instant: Instant) -> String { String(instant.description.prefix(19)) }
}
