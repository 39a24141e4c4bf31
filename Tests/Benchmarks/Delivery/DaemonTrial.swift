/// `posthorn daemon` on a local bare repository: webhooks to our receiver, every outcome recorded.
struct DaemonTrial {
  let stand: Stand
  let timetable: Timetable
  /// Seconds after which the receiver answers.
  let delay: Double
  /// What the posts are added to; a new repository otherwise.
  let existing: Home?
  private let errors: String

  static let accounts = (1...8).map { "hook-\($0)" }

  init(_ timetable: Timetable, answeredAfter delay: Double = 0, in existing: Home? = nil, _ stand: Stand) {
    self.stand = stand
    self.timetable = timetable
    self.delay = delay
    self.existing = existing
    errors = stand.folder.fresh("daemon-errors")
  }

  func run() throws(BenchFailure) -> Trial {
    let receiver = try Receiver(answeringAfter: delay)
    defer { receiver.stop() }
    let home = try fill(port: receiver.port)
    let daemon = try Child(
      [stand.product, "daemon", "--repo", home.repository, "--state", home.state, "--allow-private-hosts", "--quiet"], .init(errors: errors)
    )
    var trial = try watch(daemon, home, receiver)
    trial.peak = Memory.peak(of: daemon.pid)
    let exit = daemon.stop(patience: 30)
    if exit.status != 0 { trial.failures.append("the daemon ended with \(exit.status)\(said)") }
    let receipts = Receipts(receiver.all, of: timetable)
    trial.latencies = receipts.latencies
    trial.failures += receipts.failures + (try recordFailures(home))
    return trial
  }

  private func watch(_ daemon: Child, _ home: Home, _ receiver: Receiver) throws(BenchFailure) -> Trial {
    var trial = Trial()
    let start = Int64(timetable.first) * 1_000_000_000
    // Its schedule is durable: from here on it waits for the first instant.
    let isReady = try Trial.wait(
      for: { () throws(BenchFailure) in try home.hasScheduled(home.commit) }, of: daemon, until: start - 1_000_000_000)
    guard isReady else {
      trial.failures.append("the daemon was not ready a second before the first instant\(said)")
      return trial
    }
    // A start among many looks through all of them, which is no delivery's.
    if existing != nil { _ = Trial.waitUntilIdle(daemon, patience: Clocks.seconds(start - Clocks.real) - 3) }
    let before = Clocks.processor(of: daemon.pid)
    var seen = ""
    let isRecorded = try Trial.wait(
      for: { () throws(BenchFailure) in
        guard receiver.count >= timetable.entries.count else { return false }
        let now = try Files.text("\(home.repository)/refs/heads/main")
        guard now != seen else { return false }
        let moment = Clocks.real
        seen = now
        guard try recorded(home).count >= timetable.entries.count else { return false }
        trial.recordedAfter = Clocks.seconds(moment - start)
        return true
      }, of: daemon, until: Trial.deadline(timetable))
    if !isRecorded { trial.failures.append("not all was recorded after \(Int(Trial.patience)) s\(said)") }
    if let before, let after = Clocks.processor(of: daemon.pid) { trial.processor = Clocks.seconds(after - before) }
    return trial
  }

  /// The posts in their repository, and the state directory that the daemon finds.
  private func fill(port: UInt16) throws(BenchFailure) -> Home {
    let (repository, state) = (existing?.repository ?? stand.folder.fresh("repository"), existing?.state ?? stand.folder.fresh("state"))
    let content: FastImport
    if let existing {
      content = try FastImport(onto: existing.commit, in: repository, folder: stand.folder)
    } else {
      content = try FastImport(making: .bare, at: repository, in: stand.folder)
      try content.add("schedule/posthorn.yaml", "policy: {burst: \(max(1000, timetable.entries.count))}\n")
    }
    for account in Self.accounts {
      try content.add("schedule/accounts/\(account).yaml", "platform: webhook\nurl: http://127.0.0.1:\(port)/\(account)\n")
    }
    var writer = PostWriter(seed: stand.seed)
    for (number, entry) in timetable.entries.enumerated() {
      let (time, folder) = Timetable.text(entry.due)
      let account = Self.accounts[number % Self.accounts.count]
      try content.add("schedule/posts/\(folder)/\(entry.post).yaml", writer.post(entry.post, at: time, in: "UTC", to: [account]))
    }
    let commit = try content.finish()
    try Self.makeState(state, port: port)
    return Home(repository: repository, state: state, commit: commit, posts: timetable.entries.count + (existing?.posts ?? 0))
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

  /// The history files that were added since; only those with a line that matches `pattern`, if there is one.
  private func recorded(_ home: Home, matching pattern: String? = nil) throws(BenchFailure) -> [Substring] {
    let match = pattern.map { ["-G", $0] } ?? []
    let list = ["git", "-C", home.repository, "diff", "--name-only"] + match + [home.commit, "main", "--", "schedule/history"]
    return try Child.run(list, in: stand.folder).split(separator: "\n")
  }

  /// What the repository says once the daemon has ended: one published attempt a post.
  private func recordFailures(_ home: Home) throws(BenchFailure) -> [String] {
    let (files, published) = (try recorded(home).count, try recorded(home, matching: "\"outcome\": \"published\"").count)
    let posts = timetable.entries.count
    return (files == posts ? [] : ["\(files) history files for \(posts) posts"])
      + (published == posts ? [] : ["\(published) of \(posts) are recorded as published"])
  }

  /// The end of what it said, for a failure.
  private var said: String {
    let text = (try? Files.text(errors)) ?? ""  // it may have said nothing
    return text.isEmpty ? "" : ": …\(text.suffix(400))"
  }
}
