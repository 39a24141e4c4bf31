import Schedule

/// The history file and the status file that a daemon wrote when it published a post of a ``Stock``.
struct PastRecords {
  let historyPath: String
  let history: String
  let statusPath: String
  let status: String

  /// - Parameter source: the commit that had the post. The ids of its blob and of what was sent only look like some: nothing that is measured
  ///   compares them.
  init(of post: StockPost, source: String) throws(BenchFailure) {
    guard let id = PostID(post.id), let account = AccountName(post.account), let local = Instant(post.scheduledTime + "Z"),
      let clock = try? WallClock.parse(post.scheduledTime).clock,  // the next line says so
      let statusFile = StatusRecord.file(ofPost: post.file)
    else { throw BenchFailure("\(post.path) is no post that could have been published") }
    let due = Instant(seconds: local.seconds - post.zone.seconds)
    var random = RandomSource(seed: UInt64(post.number))
    let digest = (0..<4).map { _ in hexadecimal(random.next()) }.joined()
    let remote = Remote(id: "\(post.id).\(digest.prefix(32)).json")
    let record = HistoryRecord(
      post: id, path: post.path, account: account, platform: "outbox", attempt: 1, outcome: .published, scheduledAt: due,
      scheduledTime: clock, timezone: post.zone.name, tzdata: "2025b", startedAt: due + .milliseconds(1),
      finishedAt: due + .milliseconds(4), key: String(digest.prefix(32)), contentSHA256: digest, remote: remote,
      source: Source(
        commit: source, blob: String(digest.suffix(40)), author: "Author <author@example.org>", committer: "Author <author@example.org>"),
      host: "mars", incarnation: "bench", version: "0.1.0")
    history = record.json.text()
    historyPath = "schedule/\(record.file)"
    let delivery = StatusRecord.Delivery(account: account, platform: "outbox", state: .published, attempts: 1, remote: remote)
    status = StatusRecord(post: id, path: post.path, scheduledAt: due, publishedAt: record.finishedAt, deliveries: [delivery]).json.text()
    statusPath = "schedule/\(statusFile)"
  }
}

private func hexadecimal(_ number: UInt64) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
