import Schedule

/// A compressed year: many deliveries through one daemon and one small repository, with pushes by a git client and records by the daemon.
///
/// The posts' times are spread over the year that lies behind, within a grace that is longer, so that the history's folders are
/// those of a year. The team keeps the posts of the last batches only, as people tidy up; history stays. The server's git collects garbage by itself after pushes
/// (`gc --auto`, at its own thresholds), as servers do.
struct EnduranceRun {
  let stand: Stand
  let deliveries: Int
  /// Seconds after which no more batches are pushed.
  let limit: Double

  private static let batchesKept = 5
  private static let yearSeconds = 365 * 86_400
  private static let grace = "400d"
  private let now = Int(Clocks.real / 1_000_000_000)

  func run() throws(BenchFailure) -> (samples: [EnduranceSample], failures: [String]) {
    let receiver = try Receiver()
    defer { receiver.stop() }
    let home = try makeHome(port: receiver.port)
    let client = stand.folder.fresh("client")
    try Child.run(["git", "clone", "-q", "--bare", home.repository, client], in: stand.folder)
    // What is judged is the server; tidying the team's own clone up would only take the time.
    try Child.run(["git", "-C", client, "config", "gc.auto", "0"], in: stand.folder)
    let daemon = try stand.daemon(home, ["--allow-private-hosts", "--interval", "1s"])
    try daemon.waitUntilScheduled()
    var books = Books()
    var samples: [EnduranceSample] = []
    let (start, size) = (Clocks.steady, batchSize)
    var pushed = 0
    while pushed < deliveries, Clocks.seconds(Clocks.steady - start) < limit {
      let count = min(size, deliveries - pushed)
      try push(pushed..<(pushed + count), from: client, to: home)
      pushed += count
      try daemon.wait(120, "publish \(pushed) posts") {
        books.take(receiver.take())
        return books.seen.count >= pushed
      }
      samples.append(try EnduranceSample(after: pushed, daemon, in: stand.folder))
      if samples.count.isMultiple(of: 10) {
        Progress.say("\(Amount.grouped(pushed)) deliveries in \(Int(Clocks.seconds(Clocks.steady - start))) s")
      }
    }
    try daemon.waitUntilIdle()
    try daemon.stop()
    books.take(receiver.take())
    return (samples, try failures(pushed, books, home))
  }

  /// A hundred samples of a long life, and batches that a team might push in a short one.
  private var batchSize: Int { max(10, min(5000, deliveries / 100)) }

  /// What came.
  private struct Books {
    var seen: Set<Int> = []
    var again = 0
    var strange = 0

    mutating func take(_ arrivals: [Receiver.Arrival]) {
      for arrival in arrivals {
        guard let post = Receipts.post(arrival.request), let number = Int(post.dropFirst("year-".count)) else {
          strange += 1
          continue
        }
        if !seen.insert(number).inserted { again += 1 }
      }
    }
  }

  private func makeHome(port: UInt16) throws(BenchFailure) -> Home {
    let (repository, state) = (stand.folder.fresh("repository"), stand.folder.fresh("state"))
    let content = try FastImport(making: .bare, at: repository, in: stand.folder)
    try content.add("schedule/posthorn.yaml", "grace: \(Self.grace)\npolicy: {burst: 1000000}\n")
    for account in DaemonTrial.accounts {
      let file = "platform: webhook\nurl: http://127.0.0.1:\(port)/\(account)\nlimits: {spacing: 0s}\n"
      try content.add("schedule/accounts/\(account).yaml", file)
    }
    let commit = try content.finish()
    // So that nothing of it is left running when this ends.
    try Child.run(["git", "-C", repository, "config", "gc.autoDetach", "false"], in: stand.folder)
    try DaemonTrial.makeState(state, port: port)
    return Home(repository: repository, state: state, commit: commit, posts: 0)
  }

  /// Pushes posts that are due now, and takes old ones away; as often as it takes, because the daemon pushes too.
  private func push(_ numbers: Range<Int>, from client: String, to home: Home) throws(BenchFailure) {
    let git = ["git", "-C", client]
    let size = batchSize
    for attempt in 0..<100 {
      // Into a branch: what no branch of the client has would be fetched again each time.
      try Child.run(git + ["fetch", "-q", "origin", "+main:main"], in: stand.folder)
      let head = try Child.run(git + ["rev-parse", "refs/heads/main"], in: stand.folder)
      let branch = "batch-\(numbers.lowerBound)-\(attempt)"
      let content = try FastImport(onto: head, in: client, branch: branch, folder: stand.folder)
      var writer = PostWriter(seed: stand.seed &+ UInt64(numbers.lowerBound))
      for number in numbers {
        let account = DaemonTrial.accounts[number % DaemonTrial.accounts.count]
        let (time, _) = Timetable.text(now - Self.yearSeconds + number * Self.yearSeconds / deliveries)
        try content.add(
          "schedule/posts/batch-\(numbers.lowerBound)/year-\(number).yaml",
          writer.post("year-\(number)", at: time, in: "UTC", to: [account], grace: Self.grace))
      }
      let old = numbers.lowerBound - Self.batchesKept * size
      if old >= 0 { content.remove("schedule/posts/batch-\(old)") }
      let commit = try content.finish()
      let push = try Child(git + ["push", "-q", "origin", "\(commit):refs/heads/main"]).wait()
      try Child.run(git + ["update-ref", "-d", "refs/heads/\(branch)"], in: stand.folder)
      if push.status == 0 { return }
    }
    throw BenchFailure("a hundred pushes lost the race against the daemon's")
  }

  /// Everything came once, and the history says so.
  private func failures(_ pushed: Int, _ books: Books, _ home: Home) throws(BenchFailure) -> [String] {
    let list = ["git", "-C", home.repository, "ls-tree", "-r", "--name-only", "main", "schedule/history"]
    let recorded = try Child.run(list, in: stand.folder).split(separator: "\n").count
    let counts = [
      (pushed - books.seen.count, "never came"), (books.again, "came again"), (books.strange, "were no post's request"),
      (abs(pushed - recorded), "are too few or too many in the history"),
    ]
    return counts.filter { $0.0 != 0 }.map { "\($0.0) of \(pushed) \($0.1)" }
  }
}
