/// The peer of the daemon: APScheduler with a job store on disk, one job a post, the same receiver.
struct SchedulerTrial {
  let stand: Stand
  let timetable: Timetable
  /// Seconds after which the receiver answers.
  var delay = 0.0
  let python: String

  /// Seconds that it needs to start and to store its jobs.
  static func lead(posts: Int) -> Double { 5 + Double(posts) / 100 }

  func run() throws(BenchFailure) -> Trial {
    let receiver = try Receiver(answeringAfter: delay)
    defer { receiver.stop() }
    let (list, output, errors) = (stand.folder.fresh("timetable"), stand.folder.fresh("peer-output"), stand.folder.fresh("peer-errors"))
    try Files.write(timetable.entries.map { "\($0.post) \($0.due)\n" }.joined(), to: list)
    let command = [python, Peers.script("send_posts.py"), list, "http://127.0.0.1:\(receiver.port)/", stand.folder.fresh("jobs")]
    let scheduler = try Child(command, .init(output: output, errors: errors))
    var trial = Trial()
    let start = Int64(timetable.first) * 1_000_000_000
    let isReady = try Trial.wait(for: { () throws(BenchFailure) in try Files.text(output) == "ready\n" }, of: scheduler, until: start)
    if !isReady { trial.failures.append("the peer was not ready at the first instant: \(try Files.text(errors).suffix(400))") }
    let before = Clocks.processor(of: scheduler.pid)
    _ = try Trial.wait(for: { receiver.count >= timetable.entries.count }, of: scheduler, until: Trial.deadline(timetable))
    if let before, let after = Clocks.processor(of: scheduler.pid) { trial.processor = Clocks.seconds(after - before) }
    trial.peak = Memory.peak(of: scheduler.pid)
    _ = scheduler.stop(patience: 30)
    let receipts = Receipts(receiver.all, of: timetable)
    trial.latencies = receipts.latencies
    trial.failures += receipts.failures
    return trial
  }
}
