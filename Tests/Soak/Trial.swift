import Foundation
import Schedule
import Support
import Synchronization

/// A repository, a receiver that loses things, and a daemon that does not live long.
final class Trial: Sendable {
  private let chance: Chance
  private let server: GitDaemon
  private let repository: ContentRepository
  private let home: TemporaryFolder
  private let ledger: Ledger
  private let receiver: Receiver
  private let timetable: Timetable
  private let runs = Mutex(Runs())

  /// What the daemons have said, and how they ended.
  private struct Runs {
    var logs = ""
    var exits: [Int32] = []
    var surprises: [String] = []
  }

  private var state: String { home.path("state") }
  private var options: [String] {
    ["--repo", repository.url, "--branch", "main", "--state", state, "--allow-private-hosts", "--interval", "1s"]
  }
  private var environment: [String: String] { ["HOME": home.path] }

  init(deliveries: Int, seed: UInt64) async throws {
    let chance = Chance(seed: seed)
    self.chance = chance
    server = try GitDaemon()
    home = try TemporaryFolder("soak")
    ledger = Ledger(drops: { $0.text.hasPrefix("dedupes") }) { chance.handling(of: $0, number: $1) }
    receiver = try Receiver(ledger.answer)
    var files = [
      "posthorn.yaml":
        "record: {interval: 0s}\nretry: {delays: [1s, 1s, 1s]}\npolicy: {burst: 1000000}\nnotify: [{on: [in_doubt], account: ops}]\n",
      "accounts/ops.yaml": "platform: outbox\n",
    ]
    for account in Timetable.accounts {
      files["accounts/\(account).yaml"] =
        "platform: webhook\nurl: \(receiver.url("/\(account)"))\ndedupes: \(account.text.hasPrefix("dedupes"))\nlimits: {spacing: 0s}\n"
    }
    repository = try server.repository("soak", files: files)
    timetable = Timetable(deliveries: deliveries, chance: chance)
    for account in Timetable.accounts {
      let ending = try await Posthorn.run(
        ["account", "login", account.text] + options.dropLast(2), environment: environment, input: #"{"secret": "whsec_\#(Self.canary)"}"#)
      guard ending.status == 0 else { throw Overdue(description: "login of \(account): \(ending)") }
    }
  }

  deinit { receiver.stop() }

  /// Base64 of 24 bytes, found nowhere else.
  private static let canary = "c29ha2VkY2FuYXJ5c29ha2VkY2FuYXJ5"

  /// Starts the daemon and kills it, again and again, while posts are pushed.
  ///
  /// - Returns: how often it was killed.
  func torment(kills: Int, for limit: Duration) async throws -> Int {
    let start = ContinuousClock.now
    let progress = Mutex(0.0)
    async let pushed: Void = onThread { [self] in try push { progress.withLock { $0 } } }
    var killed = 0
    while killed < kills, ContinuousClock.now - start < limit {
      let daemon = try Daemon(launching: options, environment: environment)
      try await wait(for: chance.moment(killed), of: daemon)
      try await daemon.crash()
      note(daemon, try await daemon.end(), expecting: 128 + SIGKILL)
      killed += 1
      let done = max(Double(killed) / Double(kills), (ContinuousClock.now - start) / limit)
      progress.withLock { $0 = done }
      if killed.isMultiple(of: 100) { say("killed \(killed) times, \(ledger.entries.count) deliveries accepted") }
    }
    progress.withLock { $0 = 1 }
    try await pushed
    return killed
  }

  private func wait(for moment: Chance.Moment, of daemon: Daemon) async throws {
    switch moment {
    case .afterStart(let life): try await Task.sleep(for: life)
    case .afterAdoption(let life):
      let end = ContinuousClock.now + .seconds(10)  // There may be nothing new to take in.
      while !daemon.log.contains(" adopted "), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
      try await Task.sleep(for: life)
    }
  }

  /// Pushes the posts, a batch at a time as the trial goes on, and other people's work in between.
  private func push(_ progress: @Sendable () -> Double) throws {
    let other = try repository.anotherClone("other")
    for (number, batch) in timetable.batches.enumerated() {
      while progress() < Double(number) / Double(timetable.batches.count) { usleep(20_000) }
      try repository.push(timetable.files(of: batch))
      try other.commit(["notes/\(number).txt": "\(number)\n"])
      try other.pushOnTop()
    }
  }

  private func note(_ daemon: Daemon, _ status: Int32, expecting expected: Int32) {
    let log = daemon.log
    runs.withLock { runs in
      runs.logs += log
      runs.exits.append(status)
      if status != expected { runs.surprises.append("a daemon ended with \(status): \(log.suffix(2000))") }
    }
  }
}

// MARK: - The end

extension Trial {
  struct Verdict: Sendable {
    var summary: String
    var violations: [String]
  }

  /// Lets one more daemon live until everything has ended, and judges.
  func drain() async throws -> Verdict {
    let daemon = try Daemon(launching: options, environment: environment)
    let oracle = oracle()
    let end = ContinuousClock.now + .seconds(900)
    while ContinuousClock.now < end, try await unfinished(oracle) > 0 { try await Task.sleep(for: .seconds(1)) }
    let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.process)/fd").count
    if descriptors > 100 { runs.withLock { $0.surprises.append("I7: the last daemon has \(descriptors) descriptors open") } }
    note(daemon, try await daemon.stop(), expecting: 0)
    let judged = self.oracle()
    let outcomes = try await onThread { try judged.outcomes().values }
    let violations = try await onThread { try judged.violations() } + runs.withLock { $0.surprises }
    let count = { (state: DeliveryState.Name) in outcomes.count { $0 == state } }
    let summary =
      "deliveries \(judged.due.count), published \(count(.published)), in doubt \(count(.inDoubt)), "
      + "lost \(violations.count { $0.hasPrefix("I2") }), twice \(violations.count { $0.hasPrefix("I1") })"
    return Verdict(summary: summary, violations: violations)
  }

  private func unfinished(_ oracle: Oracle) async throws -> Int {
    try await onThread { try oracle.outcomes().values.count { !($0.map { $0.isFinal || $0 == .inDoubt } ?? false) } }
  }

  private func oracle() -> Oracle {
    var oracle = Oracle(repository, state: state, ledger: ledger)
    oracle.due = timetable.due
    (oracle.logs, oracle.exits) = runs.withLock { ($0.logs, $0.exits) }
    (oracle.canary, oracle.notified) = (Self.canary, AccountName("ops"))
    return oracle
  }
}
