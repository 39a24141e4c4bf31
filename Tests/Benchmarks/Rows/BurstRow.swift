/// L2, D1 and D2: many posts due at one instant, until the last is seen and until all are recorded; D3: with a receiver that takes its time.
struct BurstRow: Row {
  let name: String
  let posts: Int
  let runs: Int
  /// Seconds from a request to its answer.
  var delay = 0.0

  func run(_ stand: Stand) throws(BenchFailure) -> RowReport {
    let slowness = delay == 0 ? "" : ", answered after \(Int(delay * 1000)) ms"
    var report = RowReport(
      name: name,
      title:
        "posts due at one instant\(slowness); cron's and Celery's wait for their minute is not counted, and APScheduler records nothing")
    guard let sizes = stand.sizes else {
      try measure(stand.posts ?? posts, among: nil, stand, &report)
      return report
    }
    for size in sizes {
      for count in [1000, 10_000] { try measure(count, among: size, stand, &report) }
    }
    return report
  }

  /// - Parameter size: how many posts the repository has beside those that are due; `nil` for none, which is the row that peers run too.
  private func measure(_ count: Int, among size: Int?, _ stand: Stand, _ report: inout RowReport) throws(BenchFailure) {
    var ours: [Trial] = []
    var others: [Rival: [Trial]] = [:]
    let runs = stand.runs ?? (size == nil ? runs : 3)
    for run in 1...runs {
      Progress.say("\(name): \(count) posts\(size.map { " among \($0)" } ?? ""), run \(run) of \(runs)")
      let home = try size.map { size throws(BenchFailure) in try stand.stocks.warmHome(size) }
      let timetable = Timetable(count: count, perSecond: count, lead: 5 + Double(count) / 2000 + Double(size ?? 0) / 100_000)
      ours.append(try DaemonTrial(timetable, answeredAfter: delay, in: home, stand).run())
      guard size == nil, let python = stand.peers.environment else { continue }
      for rival in Rival.all(stand) { others[rival, default: []].append(try rival.trial(count, answeredAfter: delay, stand, python)) }
    }
    var failures = ours.flatMap(\.failures).map { "posthorn: \($0)" }
    for rival in Rival.allCases { failures += (others[rival] ?? []).flatMap(\.failures).map { "\(rival.rawValue): \($0)" } }
    report.failures += failures
    let place = size.map { (size: $0, change: count) } ?? (size: count, change: nil)
    if failures.isEmpty { report.figures += figures(count, Sides(place: place, ours: ours, others: others)) }
  }

  private struct Sides {
    let place: (size: Int, change: Int?)
    let ours: [Trial]
    let others: [Rival: [Trial]]

    func figure(_ what: String, _ unit: Figure.Unit, _ target: Figure.Target? = nil, _ value: (Trial) -> Double?) -> Figure {
      let peers = Rival.allCases.map { ($0.rawValue, (others[$0] ?? []).compactMap(value)) }
      return Figure(what, unit, ours.compactMap(value), peers: peers, target, size: place.size, change: place.change)
    }
  }

  private func figures(_ count: Int, _ sides: Sides) -> [Figure] {
    let isSmall = count <= 1000
    let first = [
      delay == 0
        ? sides.figure("L2 the last one seen", .seconds, isSmall ? .atMost(0.350) : nil) {
          Series($0.latencies).greatest / 1000
        }
        : sides.figure("D3 the last one answered", .seconds, isSmall ? .atMost(1) : nil) {
          Series($0.latencies).greatest / 1000 + delay
        },
      sides.figure("the first one seen", .seconds) { Series($0.latencies).least / 1000 },
      sides.figure("all recorded", .seconds) { $0.recordedAfter },
    ]
    return first + [
      sides.figure("D1 deliveries, recorded", .perSecond, delay == 0 ? .atLeast(4000) : nil) { trial in
        // One that records nothing is done with its last request.
        Double(count) / (trial.recordedAfter ?? Series(trial.latencies).greatest / 1000)
      },
      sides.figure("D2 CPU a delivery", .seconds, delay == 0 ? .atMost(300e-6) : nil) { trial in
        trial.processor.map { $0 / Double(count) }
      },
      sides.figure("peak memory", .bytes) { $0.peak.map(Double.init) },
    ]
  }
}
