import Schedule

/// A peer of the daemon: Celery, Redis and Django's ORM on SQLite. The beat that comes each minute is made at the posts' instant.
struct QueueTrial {
  let stand: Stand
  let count: Int
  let delay: Double
  let python: String

  func run() throws(BenchFailure) -> Trial {
    let receiver = try Receiver(answeringAfter: delay)
    defer { receiver.stop() }
    let (list, output) = (stand.folder.fresh("timetable"), stand.folder.fresh("peer-output"))
    let (errors, home) = (stand.folder.fresh("peer-errors"), stand.folder.fresh("queue"))
    try Files.makeFolder(home)
    let timetable = Timetable(count: count, perSecond: count, lead: 15 + Double(count) / 1000)
    try Files.write(timetable.entries.map { "\($0.post) \($0.due)\n" }.joined(), to: list)
    let command = [python, Peers.script("run_queue.py"), list, "http://127.0.0.1:\(receiver.port)/", home]
    let exit = try Child(command, .init(output: output, errors: errors)).wait()
    var trial = Trial()
    let lines = try Files.text(output).split(separator: "\n")
    guard exit.status == 0, lines.first == "ready", let result = lines.last, let json = try? JSON.parse(Array(result.utf8)),  // said below
      let processor = json["processor"]?.number, let end = json["end"]?.number, let resident = json["resident"]?.number
    else {
      trial.failures.append("the queue ended with \(exit.status): \(try Files.text(errors).suffix(400))")
      return trial
    }
    trial.processor = processor
    trial.peak = Int(resident)
    trial.recordedAfter = end - Double(timetable.first)
    let receipts = Receipts(receiver.all, of: timetable)
    trial.latencies = receipts.latencies
    trial.failures += receipts.failures
    return trial
  }
}

extension JSON {
  fileprivate var number: Double? {
    switch self {
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }
}
