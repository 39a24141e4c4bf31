/// L1: how long after its instant the first byte of a post's request comes, the daemon having nothing else to do.
struct TrickleRow: Row {
  let name = "L1"

  func run(_ stand: Stand) throws(BenchFailure) -> RowReport {
    var report = RowReport(
      name: name, title: "due instant to first byte: posts a second apart, and five a second; beside APScheduler + SQLite")
    guard let sizes = stand.sizes else {
      try measure(among: nil, stand, &report)
      return report
    }
    for size in sizes { try measure(among: size, stand, &report) }
    return report
  }

  /// - Parameter size: how many posts the repository has beside those that are due; `nil` for none, which is the row that the peer runs too.
  private func measure(among size: Int?, _ stand: Stand, _ report: inout RowReport) throws(BenchFailure) {
    let (count, runs) = (stand.posts ?? 50, stand.runs ?? 1)
    for (what, count, perSecond) in [("\(count) a second apart", count, 1), ("\(count * 4) at 5/s", count * 4, 5)] {
      var (ours, peer): ([Trial], [Trial]) = ([], [])
      for run in 1...runs {
        let others = size.map { " among \($0)" } ?? ""
        Progress.say("\(name): \(what)\(others), run \(run) of \(runs), about \(count / perSecond + 10) s a side")
        let home = try size.map { size throws(BenchFailure) in try stand.stocks.warmHome(size) }
        let timetable = Timetable(count: count, perSecond: perSecond, lead: 5 + Double(size ?? 0) / 100_000)
        ours.append(try DaemonTrial(timetable, in: home, stand).run())
        guard size == nil, let python = stand.peers.environment else { continue }
        let peers = Timetable(count: count, perSecond: perSecond, lead: SchedulerTrial.lead(posts: count))
        peer.append(try SchedulerTrial(stand: stand, timetable: peers, python: python).run())
      }
      report.failures +=
        ours.flatMap(\.failures).map { "posthorn, \(what): \($0)" } + peer.flatMap(\.failures).map { "the peer, \(what): \($0)" }
      if report.failures.isEmpty { report.figures += figures(what, count, ours, peer, size: size) }
    }
  }

  private func figures(_ what: String, _ count: Int, _ ours: [Trial], _ peer: [Trial], size: Int?) -> [Figure] {
    func percentile(_ share: Double) -> (Trial) -> Double { { Series($0.latencies).percentile(share) / 1000 } }
    let other = Rival.scheduler.rawValue
    let cost: (Trial) -> Double? = { trial in trial.processor.map { $0 / Double(count) } }
    return [
      Figure("\(what): p50", .seconds, ours.map(percentile(0.5)), peers: [(other, peer.map(percentile(0.5)))], .atMost(0.0012), size: size),
      Figure(
        "\(what): p99", .seconds, ours.map(percentile(0.99)), peers: [(other, peer.map(percentile(0.99)))], .atMost(0.004), size: size),
      Figure(
        "\(what): the latest", .seconds, ours.map(percentile(1)), peers: [(other, peer.map(percentile(1)))], .atMost(0.050), size: size),
      Figure("\(what): CPU a post", .seconds, ours.compactMap(cost), peers: [(other, peer.compactMap(cost))], size: size),
      Figure(
        "\(what): peak memory", .bytes, ours.compactMap(\.peak).map(Double.init),
        peers: [(other, peer.compactMap(\.peak).map(Double.init))],
        size: size),
    ]
  }
}
