/// C2: many outcomes in one commit, beyond publishing them: a pass after a daemon was killed before it could record them, less one after a
/// daemon was killed when it had.
struct RecordManyRow: Row {
  let name = "C2"

  func run(_ stand: Stand) throws(BenchFailure) -> RowReport {
    var report = RowReport(
      name: name,
      title: "outcomes recorded in one commit: a pass after a crash before they were, less a pass after a crash when they were")
    for size in stand.sizes([100_000]) {
      for change in stand.sizes == nil ? [1000] : [1, 10, 100, 1000] {
        Progress.say("\(name): \(size) posts, \(change) outcomes")
        let crashed = try crashedHome(size, change, interval: "1h", stand)
        let recorded = try crashedHome(size, change, interval: "0s", stand)
        var (wall, processor, peak): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<(stand.runs ?? 5) {
          let home = try crashed.copy(in: stand.folder)
          let head = try home.head(in: stand.folder)
          let recording = try pass(home, stand)
          report.failures += try failures(change, since: head, home, stand)
          let idle = try pass(try recorded.copy(in: stand.folder), stand)
          wall.append(recording.wall - idle.wall)
          processor.append(recording.processor - idle.processor)
          peak.append(Double(recording.peak))
        }
        report.figures += [
          Figure(
            "C2 wall", .seconds, wall, peers: [("git add + commit", try peer(size, change, stand))], change == 1000 ? .atMost(0.080) : nil,
            size: size, change: change),
          Figure("C2 CPU", .seconds, processor, size: size, change: change),
          Figure("C2 peak memory of the pass", .bytes, peak, size: size, change: change),
        ]
      }
    }
    return report
  }

  private func peer(_ size: Int, _ change: Int, _ stand: Stand) throws(BenchFailure) -> [Double] {
    guard let tree = try CronTree(size, stand) else { return [] }
    return try (0..<3).map { _ throws(BenchFailure) in try tree.commit(change).wall }
  }

  /// What a daemon leaves that published everything, and was killed.
  ///
  /// - Parameter interval: of its records: with one of an hour it was killed before it could record more than the first one, with none after
  ///   it had recorded all.
  private func crashedHome(_ size: Int, _ change: Int, interval: String, _ stand: Stand) throws(BenchFailure) -> Home {
    let home = try stand.stocks.warmHome(size)
    let settings = try FastImport(onto: home.commit, in: home.repository, folder: stand.folder)
    try settings.add("schedule/posthorn.yaml", "record: {interval: \(interval)}\npolicy: {burst: 1000000}\n")
    _ = try settings.finish()
    let daemon = try stand.daemon(home, ["--interval", "1h"])
    let outbox = try home.outbox(of: Stock.accounts[0])
    func sent() throws(BenchFailure) -> Int { try Child.run(["ls", outbox], in: stand.folder).split(separator: "\n").count }
    // The first record comes at once, and the next one an hour later.
    let first = try DuePosts(1, from: Int(Clocks.real / 1_000_000_000) - 1, perSecond: 1, batch: 1, at: home, stand)
    try daemon.wait(600, "record the first post") { () throws(BenchFailure) in try home.head(in: stand.folder) != first.commit }
    try daemon.waitUntilIdle()
    let posts = try DuePosts(change, from: Int(Clocks.real / 1_000_000_000) - 1, perSecond: change, batch: 2, at: home, stand)
    try daemon.wait(600, "publish \(change) posts") { () throws(BenchFailure) in
      guard try sent() == change + 1 else { return false }
      return interval == "1h" ? true : try historyFiles(since: posts.commit, home, stand) == change
    }
    try daemon.waitUntilIdle()
    daemon.crash()
    return home
  }

  private func pass(_ home: Home, _ stand: Stand) throws(BenchFailure) -> Child.Exit {
    let errors = stand.folder.fresh("pass-errors")
    let exit = try Child([stand.product, "reconcile", "--repo", home.repository, "--state", home.state, "--quiet"], .init(errors: errors))
      .wait()
    guard exit.status == 0 else { throw BenchFailure("a pass ended with \(exit.status): \(try Files.text(errors).suffix(1000))") }
    return exit
  }

  private func failures(_ change: Int, since head: String, _ home: Home, _ stand: Stand) throws(BenchFailure) -> [String] {
    let commits = try Child.run(["git", "-C", home.repository, "rev-list", "--count", "\(head)..main"], in: stand.folder)
    let files = try historyFiles(since: head, home, stand)
    return commits == "1" && files == change ? [] : ["\(commits) commits with \(files) history files record \(change) outcomes"]
  }

  private func historyFiles(since head: String, _ home: Home, _ stand: Stand) throws(BenchFailure) -> Int {
    let list = ["git", "-C", home.repository, "diff", "--name-only", head, "main", "--", "schedule/history"]
    return try Child.run(list, in: stand.folder).split(separator: "\n").count
  }
}
