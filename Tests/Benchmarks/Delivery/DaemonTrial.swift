/// `posthorn daemon` on a local bare repository: webhooks to our receiver, every outcome recorded.
struct DaemonTrial {
  let stand: Stand
  let timetable: Timetable
  /// Seconds after which the receiver answers.
  let delay: Double
  private let repository: String
  private let state: String
  private let errors: String

  static let accounts = (1...8).map { "hook-\($0)" }

  init(_ timetable: Timetable, answeredAfter delay: Double = 0, _ stand: Stand) {
    self.stand = stand
    self.timetable = timetable
    self.delay = delay
    repository = stand.folder.fresh("repository")
    state = stand.folder.fresh("state")
    errors = stand.folder.fresh("daemon-errors")
  }

  func run() throws(BenchFailure) -> Trial {
    let receiver = try Receiver(answeringAfter: delay)
    defer { receiver.stop() }
    try makeRepository(port: receiver.port)
    try Self.makeState(state, port: receiver.port)
    let daemon = try Child(
      [stand.product, "daemon", "--repo", repository, "--state", state, "--allow-private-hosts", "--quiet"], .init(errors: errors))
    var trial = try watch(daemon, receiver)
    trial.peak = Memory.peak(of: daemon.pid)
    let exit = daemon.stop(patience: 30)
    if exit.status != 0 { trial.failures.append("the daemon ended with \(exit.status)\(said)") }
    let receipts = Receipts(receiver.all, of: timetable)
    trial.latencies = receipts.latencies
    trial.failures += receipts.failures + (try recordFailures())
    return trial
  }

  private func watch(_ daemon: Child, _ receiver: Receiver) throws(BenchFailure) -> Trial {
    var trial = Trial()
    let start = Int64(timetable.first) * 1_000_000_000
    // Its schedule is durable: from here on it waits for the first instant.
    let isReady = try Trial.wait(for: { Files.exists("\(state)/desired") }, of: daemon, until: start - 1_000_000_000)
    guard isReady else {
      trial.failures.append("the daemon was not ready a second before the first instant\(said)")
      return trial
    }
    let before = Clocks.processor(of: daemon.pid)
    var seen = ""
    let isRecorded = try Trial.wait(
      for: { () throws(BenchFailure) in
        guard receiver.count >= timetable.entries.count else { return false }
        let now = try Files.text("\(repository)/refs/heads/main")
        guard now != seen else { return false }
        let moment = Clocks.real
        seen = now
        guard try history().count >= timetable.entries.count else { return false }
        trial.recordedAfter = Clocks.seconds(moment - start)
        return true
      }, of: daemon, until: Trial.deadline(timetable))
    if !isRecorded { trial.failures.append("not all was recorded after \(Int(Trial.patience)) s\(said)") }
    if let before, let after = Clocks.processor(of: daemon.pid) { trial.processor = Clocks.seconds(after - before) }
    return trial
  }

  private func makeRepository(port: UInt16) throws(BenchFailure) {
    let content = try FastImport(making: .bare, at: repository, in: stand.folder)
    try content.add("schedule/posthorn.yaml", "policy: {burst: \(max(1000, timetable.entries.count))}\n")
    for account in Self.accounts {
      try content.add("schedule/accounts/\(account).yaml", "platform: webhook\nurl: http://127.0.0.1:\(port)/\(account)\n")
    }
    var writer = PostWriter(seed: stand.seed)
    for (number, entry) in timetable.entries.enumerated() {
      let (time, folder) = Timetable.text(entry.due)
      let account = Self.accounts[number % Self.accounts.count]
      try content.add("schedule/posts/\(folder)/\(entry.post).yaml", writer.post(entry.post, at: time, in: "UTC", to: [account]))
    }
    _ = try content.finish()
  }

  /// A credential an account, as `posthorn account login` leaves it.
  static func makeState(_ state: String, port: UInt16) throws(BenchFailure) {
    try Files.makeFolder(state)
    try Files.makeFolder("\(state)/credentials")
    let secret = "whsec_" + String(repeating: "cG9zdGhvcm4t", count: 3)  // any base64 of 24 to 64 bytes
    for account in accounts {
      let credential = "{\n  \"origin\": \"http://127.0.0.1:\(port)\",\n  \"secret\": \"\(secret)\"\n}\n"
      try Files.write(credential, to: "\(state)/credentials/\(account).json")
    }
  }

  private func history() throws(BenchFailure) -> [Substring] {
    let list = ["git", "-C", repository, "ls-tree", "-r", "--name-only", "main", "schedule/history"]
    return try Child.run(list, in: stand.folder).split(separator: "\n")
  }

  /// What the repository says once the daemon has ended: one published attempt a post.
  private func recordFailures() throws(BenchFailure) -> [String] {
    let files = try history()
    var failures: [String] = []
    if files.count != timetable.entries.count { failures.append("\(files.count) history files for \(timetable.entries.count) posts") }
    guard !files.isEmpty else { return failures }
    let search = ["git", "-C", repository, "grep", "-l", "\"outcome\": \"published\"", "main", "--", "schedule/history"]
    // It ends with 1 where it finds nothing.
    let published = (try? Child.run(search, in: stand.folder))?.split(separator: "\n").count ?? 0
    if published != timetable.entries.count { failures.append("\(published) of \(timetable.entries.count) are recorded as published") }
    return failures
  }

  /// The end of what it said, for a failure.
  private var said: String {
    let text = (try? Files.text(errors)) ?? ""  // it may have said nothing
    return text.isEmpty ? "" : ": …\(text.suffix(400))"
  }
}
