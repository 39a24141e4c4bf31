import Foundation
public import Schedule

/// Judges what is left after a fault was healed and the backlog drained: the invariants I1 to I9 of the project's reliability rules.
///
/// It asks the receivers' own books, the repository upstream and the state directory, and never takes the daemon's word.
public struct Oracle: Sendable {
  public var repository: ContentRepository
  public var state: String
  /// What receivers have processed.
  public var ledger: Ledger
  /// Every delivery that was due, and when.
  public var due: [DeliveryID: Instant] = [:]
  /// Commits that people have pushed.
  public var pushed: [String] = []
  /// Everything that the program has said, and how each run since the fault ended.
  public var logs = ""
  public var exits: [Int32] = []
  /// A daemon that was asked to stop ends with 0 whatever it saw (F10); what it had recorded is no news to the next run.
  public var hasStopped = false
  /// A secret of this host: it may be in `credentials/`, and nowhere else.
  public var canary: String?
  /// The account that is told of what is in doubt.
  public var notified: AccountName?

  public init(_ repository: ContentRepository, state: String, ledger: Ledger) {
    (self.repository, self.state, self.ledger) = (repository, state, ledger)
  }

  /// What is not as it has to be, in words; empty if all is well.
  public func violations() throws -> [String] {
    let history = try history()
    return try onceEach() + accounted(history) + notEarly() + reachable() + audited() + secretive() + tidy() + told(history)
  }

  /// The last attempt of each delivery that was due, as recorded; nil where there is none.
  public func outcomes() throws -> [DeliveryID: DeliveryState.Name?] {
    let history = try history()
    return due.reduce(into: [:]) { $0[$1.key] = .some(history[$1.key]?.last?.outcome) }
  }

  private func history() throws -> [DeliveryID: [HistoryRecord]] {
    let records = try repository.files(under: "history/").values.map { try HistoryRecord(json: try JSON.parse(Array($0.utf8))) }
    return Dictionary(grouping: records) { DeliveryID(post: $0.post, account: $0.account) }
      .mapValues { $0.sorted { $0.attempt < $1.attempt } }
  }

  /// Deliveries that went out, by webhook or outbox, with how often.
  private func accepted() -> [DeliveryID: Int] {
    var counts = ledger.entries.reduce(into: [:]) { $0[$1.id, default: 0] += 1 }
    for id in due.keys where FileManager.default.fileExists(atPath: "\(state)/outbox/\(id.account)") {
      let files = names(in: "\(state)/outbox/\(id.account)").filter { $0.hasPrefix("\(id.post).msg_") }
      if !files.isEmpty { counts[id, default: 0] += files.count }
    }
    return counts
  }
}

// MARK: - The invariants

extension Oracle {
  private func onceEach() -> [String] {
    accepted().filter { $0.value > 1 }.map { "I1: \($0.key) was accepted \($0.value) times" }
  }

  private func accounted(_ history: [DeliveryID: [HistoryRecord]]) throws -> [String] {
    let accepted = accepted()
    var violations: [String] = []
    for id in due.keys.sorted() {
      let attempts = history[id] ?? []
      if attempts.map(\.attempt) != Array(1..<(attempts.count + 1)) {
        violations.append("I2: the attempts of \(id) are \(attempts.map(\.attempt))")
      }
      switch (attempts.last?.outcome, accepted[id] != nil) {
      case (.published, true), (.delivered, true), (.inDoubt, _), (.failed, false), (.missed, false): break
      case (nil, false) where try isHeld(id): break
      case (let outcome, let went):
        violations.append("I2: \(id) \(went ? "was accepted" : "was not accepted") and is recorded as \(outcome?.rawValue ?? "nothing")")
      }
    }
    for id in accepted.keys where due[id] == nil { violations.append("I2: nobody asked for \(id)") }
    return violations
  }

  private func isHeld(_ id: DeliveryID) throws -> Bool {
    try repository.files(under: "status/posts/").values.contains { text in
      let status = try StatusRecord(json: try JSON.parse(Array(text.utf8)))
      return status.post == id.post && status.deliveries.contains { $0.account == id.account && $0.state == .held }
    }
  }

  private func notEarly() -> [String] {
    ledger.entries.filter { $0.time < (due[$0.id] ?? .distantPast) - .milliseconds(5) }.map { "I3: \($0.id) came at \($0.time)" }
  }

  /// Every commit that upstream's branch was ever at, and every one that somebody pushed, is part of its history.
  private func reachable() throws -> [String] {
    let line = Set(try repository.upstream.git("rev-list", "main").split(separator: "\n"))
    let seen = try repository.upstream.git("log", "--walk-reflogs", "--format=%H", "main").split(separator: "\n")
    return (seen + pushed.map { Substring($0) }).filter { !line.contains($0) }.map { "I4: \($0) is gone from upstream" }
      + (try repository.upstream.fsck()).split(separator: "\n").map { "I4: upstream: \($0)" }
  }

  /// The program's own audit of the commits finds nothing (I9).
  private func audited() throws -> [String] {
    do {
      try run([Posthorn.path, "audit", "-q", "--repo", repository.upstream.path])
      return []
    } catch let failure as ProgramFailure {
      return ["I9: \(failure.output)"]
    }
  }

  private func secretive() throws -> [String] {
    guard let canary else { return [] }
    let holders = try run(["sh", "-c", "grep -rlF -- \"$1\" . || [ $? = 1 ]", "sh", canary], in: state).split(separator: "\n")
      .filter { !$0.hasPrefix("./credentials/") }
    return holders.map { "I6: the secret is in \($0)" } + (logs.contains(canary) ? ["I6: the secret is in the log"] : [])
      + (try repository.upstream.git("log", "-p", "--all").contains(canary) ? ["I6: the secret is in a commit"] : [])
  }

  /// Nothing is left of what was interrupted (I7), and nothing was found damaged (I5).
  private func tidy() throws -> [String] {
    let litter = try run([
      "find", state, "-name", ".posthorn-new-*", "-o", "-name", "*.lock", "-o", "-name", "tmp_*", "-o", "-name", "pack_git2_*", "-o",
      "-name",
      "*.damaged*",
    ])
    return litter.split(separator: "\n").map { "I7: \($0) was left" }
  }

  /// What is in doubt was told to whoever is named, and a run that ended so did not end well.
  private func told(_ history: [DeliveryID: [HistoryRecord]]) -> [String] {
    let doubtful = history.filter { $0.value.last?.outcome == .inDoubt }.keys
    let failures = exits.contains(3) ? ["I8: the runs ended with \(exits)"] : []
    guard !doubtful.isEmpty else { return failures }
    let told = notified.map { names(in: "\(state)/outbox/\($0)") } ?? []
    let silent = notified == nil ? [] : doubtful.filter { id in !told.contains { $0.hasPrefix("\(id.post).ntf_") } }
    return failures + silent.map { "I8: nobody was told that \($0) is in doubt" }
      + (hasStopped || exits.contains { $0 != 0 } ? [] : ["I8: something is in doubt, and the runs ended with \(exits)"])
  }

  private func names(in folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []  // Nothing yet is no folder.
  }
}
