/// M1: what a daemon has resident while it idles, after its first start and after a restart. The restarted one is the row: daemons restart.
struct IdleMemoryRow: Row {
  let name = "M1"

  func run(_ stand: Stand) throws(BenchFailure) -> RowReport {
    var report = RowReport(name: name, title: "resident memory of an idle daemon, half of its deliveries past")
    for size in stand.sizes([10_000, 100_000, 1_000_000]) {
      var (first, again): ([Double], [Double]) = ([], [])
      for run in 1...(stand.runs ?? 1) {
        Progress.say("\(name): \(size) deliveries, run \(run)")
        let home = try stand.stocks.newHome(size)
        first.append(try resident(home, stand))
        again.append(try resident(home, stand))
        stand.stocks.keep(home)
      }
      report.figures += [
        Figure(
          "M1 after a restart", .bytes, again, peers: [("\(CronTree.name), while it runs", try peer(size, stand))],
          .atMost(Self.limit(size)), size: size),
        Figure("M1 after the first start", .bytes, first, size: size),
      ]
    }
    return report
  }

  private func resident(_ home: Home, _ stand: Stand) throws(BenchFailure) -> Double {
    let daemon = try stand.daemon(home, ["--interval", "1s"])
    try daemon.waitUntilScheduled(patience: 3600)
    try daemon.waitUntilIdle()
    Clocks.sleep(milliseconds: 3000)  // a few ticks
    guard let bytes = Memory.resident(of: daemon.pid) else { throw daemon.failure("ended while it idled") }
    try daemon.stop()
    return Double(bytes)
  }

  private func peer(_ size: Int, _ stand: Stand) throws(BenchFailure) -> [Double] {
    guard let tree = try CronTree(size, stand) else { return [] }
    return [Double(try tree.tick().peak)]
  }

  private static func limit(_ size: Int) -> Double {
    let mebibyte = 1_048_576.0
    return size <= 10_000 ? 32 * mebibyte : size <= 100_000 ? 48 * mebibyte : 200 * mebibyte
  }
}
