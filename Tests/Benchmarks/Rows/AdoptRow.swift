/// T2: one post changed: from the moment the branch has moved until the schedule that follows from it is on disk.
struct AdoptRow: Row {
  let name = "T2"

  func run(_ stand: Stand) throws(BenchFailure) -> RowReport {
    var report = RowReport(
      name: name, title: "posts changed: branch moved to schedule replaced on disk (the rename; the flush of its folder follows)")
    for size in stand.sizes([100_000, 1_000_000]) {
      let home = try stand.stocks.warmHome(size)
      let daemon = try stand.daemon(home, ["--interval", "1h"])
      try daemon.waitUntilScheduled()
      try daemon.waitUntilIdle()
      var edition = 0
      for change in changes(stand, of: size) {
        Progress.say("\(name): \(size) posts, \(change) changed")
        let samples = try adoptions(change, daemon, stand, &edition)
        report.figures += figures(samples, peer: change == 1 ? try peer(size, stand) : [], size: size, change: change)
      }
      try daemon.stop()
    }
    return report
  }

  /// Growth is asked about in both ways.
  private func changes(_ stand: Stand, of size: Int) -> [Int] {
    stand.sizes == nil ? [1] : [1, 10, 100, 1000].filter { $0 <= size / 2 }
  }

  private struct Sample {
    var wall: Double
    var processor: Double
  }

  private func adoptions(_ change: Int, _ daemon: RunningDaemon, _ stand: Stand, _ edition: inout Int) throws(BenchFailure)
    -> [Sample]
  {
    let home = daemon.home
    let watch = try FolderWatch([home.state])
    var samples: [Sample] = []
    for _ in 0..<(stand.runs ?? (change == 1 ? 30 : 10)) {
      let head = try home.head(in: stand.folder)
      edition += 1
      // Posts that lie ahead, a different lot each time.
      let numbers = (0..<change).map { (($0 &* 7919 &+ edition &* 104_729) % (home.posts / 2)) * 2 + 1 }
      let next = try StockChange(of: Array(Set(numbers)), edition: edition, onto: head, at: home, stand)
      let before = try daemon.processor()
      let moved = try home.move(to: next.commit)
      guard let event = watch.next(within: 60, where: { $0.name == Home.schedule }) else {
        throw daemon.failure("did not take in \(change) changed posts within a minute")
      }
      guard try home.hasScheduled(next.commit) else { throw daemon.failure("replaced its schedule with another one than the branch's") }
      try daemon.waitUntilIdle()
      samples.append(Sample(wall: Clocks.seconds(event.at - moved), processor: try daemon.processor() - before))
    }
    return samples
  }

  /// One post changed, a tick of cron.
  private func peer(_ size: Int, _ stand: Stand) throws(BenchFailure) -> [Child.Exit] {
    guard let tree = try CronTree(size, stand) else { return [] }
    return try (1...5).map { edition throws(BenchFailure) in try tree.tickAfterChange(edition) }
  }

  private func figures(_ samples: [Sample], peer: [Child.Exit], size: Int, change: Int) -> [Figure] {
    let limit = size <= 100_000 ? 0.005 : 0.008
    return [
      Figure(
        "T2 wall", .seconds, samples.map(\.wall), peers: [(CronTree.name, peer.map(\.wall))], change == 1 ? .atMost(limit) : nil,
        size: size, change: change),
      Figure("T2 CPU", .seconds, samples.map(\.processor), peers: [(CronTree.name, peer.map(\.processor))], size: size, change: change),
    ]
  }
}
