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
    for count in stand.sizes([posts]) { try measure(count, stand, &report) }
    return report
  }

  private func measure(_ count: Int, _ stand: Stand, _ report: inout RowReport) throws(BenchFailure) {
    var ours: [Trial] = []
    var others: [Rival: [Trial]] = [:]
    let runs = stand.runs ?? runs
    for run in 1...runs {
      Progress.say("\(name): \(count) posts, run \(run) of \(runs)")
      let timetable = Timetable(count: count, perSecond: count, lead: 5 + Double(count) / 2000)
      ours.append(try DaemonTrial(timetable, answeredAfter: delay, stand).run())
      guard let python = stand.peers.environment else { continue }
      for rival in Rival.all(stand) { others[rival, default: []].append(try rival.trial(count, answeredAfter: delay, stand, python)) }
    }
    var failures = ours.flatMap(\.failures).map { "posthorn: \($0)" }
    for rival in Rival.allCases { failures += (others[rival] ?? []).flatMap(\.failures).map { "\(rival.rawValue): \($0)" } }
    report.failures += failures
    if failures.isEmpty { report.figures += figures(count, Sides(ours: ours, others: others)) }
  }

  private struct Sides {
    let ours: [Trial]
    let others: [Rival: [Trial]]

    func figure(_ what: String, _ unit: Figure.Unit, _ target: Figure.Target? = nil, size: Int, _ value: (Trial) -> Double?) -> Figure {
      let peers = Rival.allCases.map { ($0.rawValue, (others[$0] ?? []).compactMap(value)) }
      return Figure(what, unit, ours.compactMap(value), peers: peers, target, size: size)
    }
  }

  private func figures(_ count: Int, _ sides: Sides) -> [Figure] {
    let isSmall = count <= 1000
    let first = [
      delay == 0
        ? sides.figure("L2 the last one seen", .seconds, isSmall ? .atMost(0.350) : nil, size: count) {
          Series($0.latencies).greatest / 1000
        }
        : sides.figure("D3 the last one answered", .seconds, isSmall ? .atMost(1) : nil, size: count) {
          Series($0.latencies).greatest / 1000 + delay
        },
      sides.figure("the first one seen", .seconds, size: count) { Series($0.latencies).least / 1000 },
      sides.figure("all recorded", .seconds, size: count) { $0.recordedAfter },
    ]
    return first + [
      sides.figure("D1 deliveries, recorded", .perSecond, delay == 0 ? .atLeast(4000) : nil, size: count) { trial in
        // One that records nothing is done with its last request.
        Double(count) / (trial.recordedAfter ?? Series(trial.latencies).greatest / 1000)
      },
      sides.figure("D2 CPU a delivery", .seconds, delay == 0 ? .atMost(300e-6) : nil, size: count) { trial in
        trial.processor.map { $0 / Double(count) }
      },
      sides.figure("peak memory", .bytes, size: count) { $0.peak.map(Double.init) },
    ]
  }
}
