/// T1: what a daemon costs that has nothing to do: a look at the branch each second.
struct TickRow: Row {
  let name = "T1"

  func run(_ stand: Stand) throws(BenchFailure) -> RowReport {
    let (ticks, runs) = (20, stand.runs ?? 3)
    var report = RowReport(name: name, title: "a tick with nothing new and nothing due: processor time, over \(ticks) ticks of a second")
    for size in stand.sizes([100_000, 1_000_000]) {
      let daemon = try stand.daemon(try stand.stocks.warmHome(size), ["--interval", "1s"])
      try daemon.waitUntilScheduled()
      try daemon.waitUntilIdle()
      var costs: [Double] = []
      for run in 1...runs {
        Progress.say("\(name): \(size) posts, run \(run) of \(runs)")
        let (before, readsBefore, start) = (try daemon.processor(), try reads(daemon), Clocks.steady)
        Clocks.sleep(milliseconds: ticks * 1000)
        let passed = Clocks.seconds(Clocks.steady - start)
        costs.append((try daemon.processor() - before) / passed)
        let looked = try reads(daemon) - readsBefore
        if looked < ticks - 1 { report.failures.append("the daemon read \(looked) times in \(ticks) s: it did not look at the branch") }
      }
      // It was awake: what is pushed now is taken in.
      let change = try StockChange(of: [1], edition: 1, onto: daemon.home.commit, at: daemon.home, stand)
      _ = try daemon.home.move(to: change.commit)
      try daemon.waitUntilScheduled(change.commit, patience: 30)
      try daemon.stop()
      let peer = try peer(size, stand)
      report.figures.append(Figure("T1 CPU a tick", .seconds, costs, peers: [(CronTree.name, peer)], .atMost(0.0005), size: size))
    }
    return report
  }

  /// Each tick of cron is a process.
  private func peer(_ size: Int, _ stand: Stand) throws(BenchFailure) -> [Double] {
    guard let tree = try CronTree(size, stand) else { return [] }
    return try (0..<5).map { _ throws(BenchFailure) in try tree.tick().processor }
  }

  /// Calls of `read` so far. Source: proc(5), `/proc/pid/io`.
  private func reads(_ daemon: RunningDaemon) throws(BenchFailure) -> Int {
    let line = try Files.text("/proc/\(daemon.pid)/io").split(separator: "\n").first { $0.hasPrefix("syscr:") }
    return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
  }
}
