/// C1: one outcome: from the moment that it is seen in the outbox until the branch has moved to the commit that records it.
///
/// In between lie the outcome's flush to the journal, the commit with its pack and their flushes. Peer: `git add` and `git commit` of one file.
struct RecordRow: Row {
  let name = "C1"

  func run(_ stand: Stand) throws(BenchFailure) -> RowReport {
    var report = RowReport(name: name, title: "one outcome recorded: outbox file in place to branch moved, both seen from outside")
    for size in stand.sizes([100_000, 1_000_000]) {
      Progress.say("\(name): \(size) posts")
      let home = try stand.stocks.warmHome(size)
      let daemon = try stand.daemon(home, ["--interval", "1h"])
      try daemon.waitUntilScheduled()
      try daemon.waitUntilIdle()
      let count = stand.runs ?? 30
      let posts = try DuePosts(
        count, from: Int(Clocks.real / 1_000_000_000) + 4, perSecond: 1, batch: 1, at: home, stand)
      try daemon.waitUntilScheduled(posts.commit)
      let before = try daemon.processor()
      let times = try watch(posts, daemon)
      let processor = try daemon.processor() - before
      try daemon.waitUntilIdle()
      try daemon.stop()
      report.failures += try posts.failures(at: home, stand)
      let commits = try Child.run(
        ["git", "-C", home.repository, "rev-list", "--count", "\(posts.commit)..main"], in: stand.folder)
      if Int(commits) ?? 0 < count { report.failures.append("\(commits) commits record \(count) outcomes that were a second apart") }
      report.figures += [
        Figure(
          "C1 wall", .seconds, times, peers: [("git add + commit", try peer(size, stand))], .atMost(size <= 100_000 ? 0.005 : 0.010),
          size: size),
        Figure("C1 CPU, with its publication", .seconds, [processor / Double(count)], size: size),
      ]
    }
    return report
  }

  /// A script that writes one file and commits it; nothing of it is flushed.
  private func peer(_ size: Int, _ stand: Stand) throws(BenchFailure) -> [Double] {
    guard let tree = try CronTree(size, stand) else { return [] }
    return try (0..<5).map { _ throws(BenchFailure) in try tree.commit(1).wall }
  }

  private func watch(_ posts: DuePosts, _ daemon: RunningDaemon) throws(BenchFailure) -> [Double] {
    let (outbox, branch) = (try daemon.home.outbox(of: posts.account), "\(daemon.home.repository)/refs/heads")
    let watch = try FolderWatch([outbox, branch])
    var times: [Double] = []
    for id in posts.ids {
      guard let out = watch.next(within: 60, where: { $0.folder == outbox && $0.name.hasPrefix("\(id).") }) else {
        throw daemon.failure("did not publish \(id)")
      }
      guard let moved = watch.next(within: 60, where: { $0.folder == branch && $0.name == "main" }) else {
        throw daemon.failure("did not record \(id)")
      }
      times.append(Clocks.seconds(moved.at - out.at))
    }
    return times
  }
}
