/// L2, D1 and D2: many posts due at one instant, until the last is seen and until all are recorded.
struct BurstRow: Row {
  let name: String
  let posts: Int
  let runs: Int

  func run(_ stand: Stand) throws(BenchFailure) -> RowReport {
    let (count, runs) = (stand.posts ?? posts, stand.runs ?? runs)
    var report = RowReport(name: name, title: "\(count) posts due at one instant, beside APScheduler + SQLite (which records nothing)")
    var (ours, peer): ([Trial], [Trial]) = ([], [])
    for run in 1...runs {
      Progress.say("\(name): run \(run) of \(runs)")
      ours.append(try DaemonTrial(Timetable(count: count, perSecond: count, lead: 5 + Double(count) / 2000), stand).run())
      guard let python = stand.peers.environment else { continue }
      let timetable = Timetable(count: count, perSecond: count, lead: SchedulerTrial.lead(posts: count))
      peer.append(try SchedulerTrial(stand: stand, timetable: timetable, python: python).run())
    }
    report.failures = ours.flatMap(\.failures).map { "posthorn: \($0)" } + peer.flatMap(\.failures).map { "the peer: \($0)" }
    if report.failures.isEmpty { report.figures = figures(count, ours, peer) }
    return report
  }

  private func figures(_ count: Int, _ ours: [Trial], _ peer: [Trial]) -> [Figure] {
    let last: (Trial) -> Double = { Series($0.latencies).greatest / 1000 }
    let first: (Trial) -> Double = { Series($0.latencies).least / 1000 }
    let cost: (Trial) -> Double? = { trial in trial.processor.map { $0 / Double(count) } }
    return [
      Figure("L2 the last one seen", .seconds, ours.map(last), peer: peer.map(last), count <= 1000 ? .atMost(0.350) : nil),
      Figure("the first one seen", .seconds, ours.map(first), peer: peer.map(first)),
      Figure("all recorded", .seconds, ours.compactMap(\.recordedAfter)),
      Figure(
        "D1 deliveries, recorded", .perSecond, ours.compactMap(\.recordedAfter).map { Double(count) / $0 },
        peer: peer.map { Double(count) / last($0) },
        .atLeast(4000)),
      Figure("D2 CPU a delivery", .seconds, ours.compactMap(cost), peer: peer.compactMap(cost), .atMost(300e-6)),
      Figure("peak memory", .bytes, ours.compactMap(\.peak).map(Double.init), peer: peer.compactMap(\.peak).map(Double.init)),
    ]
  }
}
