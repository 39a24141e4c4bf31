/// A peer of the daemon: what cron starts each minute, here started at once. Its own wait, half a minute in the mean, is not counted.
struct CronTrial {
  let stand: Stand
  let count: Int
  let delay: Double
  let python: String

  func run() throws(BenchFailure) -> Trial {
    let receiver = try Receiver(answeringAfter: delay)
    defer { receiver.stop() }
    let (path, errors) = (stand.folder.fresh("tree"), stand.folder.fresh("peer-errors"))
    let timetable = Timetable(count: count, perSecond: count, lead: 0)
    try makeTree(path, timetable)
    while Clocks.real < Int64(timetable.first) * 1_000_000_000 { Clocks.sleep(milliseconds: 5) }
    var trial = Trial()
    let start = Clocks.real
    let url = "http://127.0.0.1:\(receiver.port)/"
    let exit = try Child([python, Peers.script("tick.py"), path, url, delay > 0 ? "128" : "16"], .init(errors: errors)).wait()
    if exit.status != 0 { trial.failures.append("a tick ended with \(exit.status): \(try Files.text(errors).suffix(400))") }
    trial.processor = exit.processor
    trial.peak = exit.peak
    trial.recordedAfter = exit.wall
    let receipts = Receipts(receiver.all, of: timetable)
    let waited = Double(start - Int64(timetable.first) * 1_000_000_000) / 1e6
    trial.latencies = receipts.latencies.map { $0 - waited }
    let list = ["git", "-C", path, "ls-tree", "--name-only", "HEAD", "schedule/history/"]
    let recorded = try Child.run(list, in: stand.folder).split(separator: "\n").count
    trial.failures += receipts.failures + (recorded == count ? [] : ["\(recorded) of \(count) are recorded"])
    return trial
  }

  private func makeTree(_ path: String, _ timetable: Timetable) throws(BenchFailure) {
    let content = try FastImport(making: .workTree, at: path, in: stand.folder)
    try content.add("schedule/accounts/hook-1.yaml", "platform: webhook\nurl: http://127.0.0.1/hook-1\n")
    var writer = PostWriter(seed: stand.seed)
    for entry in timetable.entries {
      let (time, folder) = Timetable.text(entry.due)
      try content.add("schedule/posts/\(folder)/\(entry.post).yaml", writer.post(entry.post, at: time, in: "UTC", to: ["hook-1"]))
    }
    _ = try content.finish()
    try Child.run(["git", "-C", path, "reset", "-q", "--hard"], in: stand.folder)
  }
}
