/// R2: a daemon with an empty state directory, until its schedule is on disk. Where half of the posts are past, it reads half as many history
/// files besides, which the limit does not speak of.
struct FirstStartRow: Row {
  let name = "R2"

  func run(_ stand: Stand) throws(BenchFailure) -> RowReport {
    var report = RowReport(name: name, title: "first start with an empty state directory, until the schedule is on disk")
    for size in stand.sizes([1_000_000]) {
      let limit = Figure.Target.atMost(max(0.5, 15 * Double(size) / 1_000_000))
      try measure(size, .none, "all of them ahead", limit, stand, &report)
      try measure(size, .half, "half of them past", nil, stand, &report)
    }
    return report
  }

  private func measure(
    _ size: Int, _ past: Stock.Past, _ what: String, _ limit: Figure.Target?, _ stand: Stand, _ report: inout RowReport
  ) throws(BenchFailure) {
    var (wall, processor, peak): ([Double], [Double], [Double]) = ([], [], [])
    for run in 1...(stand.runs ?? 3) {
      Progress.say("\(name): \(size) posts, \(what), run \(run)")
      let home = try stand.stocks.newHome(size, past)
      let daemon = try stand.daemon(home)
      try daemon.waitUntilScheduled(patience: 3600)
      wall.append(daemon.age)
      processor.append(try daemon.processor())
      peak.append(Double(Memory.peak(of: daemon.pid) ?? 0))
      try daemon.waitUntilIdle()
      try daemon.stop()
      report.failures += try Self.failures(home, stand)
      if past == .half { stand.stocks.keep(home) }
    }
    report.figures += [
      Figure("R2 wall, \(what)", .seconds, wall, limit, size: size),
      Figure("R2 CPU a post, \(what)", .seconds, processor.map { $0 / Double(size) }, size: size),
      Figure("R2 peak memory, \(what)", .bytes, peak, size: size),
    ]
  }

  /// Nothing of the past went out again, and nothing of the future at all.
  private static func failures(_ home: Home, _ stand: Stand) throws(BenchFailure) -> [String] {
    let sent = try Child.run(["find", "\(home.state)/outbox", "-type", "f"], in: stand.folder).split(separator: "\n").count
    let history = ["git", "-C", home.repository, "diff", "--name-only", home.commit, "main", "--", "schedule/history"]
    let recorded = try Child.run(history, in: stand.folder).split(separator: "\n").count
    return sent + recorded == 0 ? [] : ["a first start sent \(sent) deliveries and recorded \(recorded); nothing was due"]
  }
}
