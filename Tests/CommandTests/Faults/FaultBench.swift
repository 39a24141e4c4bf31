import Foundation
import Schedule
import Support

/// A repository with three deliveries that are due, and a host that may make them; every case breaks a copy of its own.
final class FaultBench: Sendable {
  let receiver: Receiver
  private let host: Host

  init() async throws {
    receiver = try Receiver()
    host = try Host([
      "accounts/acme.yaml": outbox, "accounts/hook.yaml": webhook(receiver.url("/in")), "posts/first.yaml": post(due: -3, to: "acme, hook"),
      "posts/second.yaml": post(due: -2, to: "hook"), "posthorn.yaml": "retry: {delays: [0s, 0s, 0s, 0s]}\n",
    ])
    try await host.login("hook")
  }

  deinit { receiver.stop() }

  /// A copy in a folder of its own, or on a disk that is special.
  func copy(to disk: String? = nil) throws -> FaultCase {
    let folder = try TemporaryFolder("case")
    let path = disk ?? folder.path
    try run(["cp", "-a", host.repository.upstream.path, "\(path)/team.git"])
    try run(["cp", "-a", host.state, "\(path)/state"])
    return FaultCase(folder: path, owner: folder, receiver: receiver)
  }
}

/// One copy: a pass in which something goes wrong, and what must hold once it is mended.
final class FaultCase: Sendable {
  let folder: String
  private let owner: TemporaryFolder
  private let receiver: Receiver
  private let before: Int

  init(folder: String, owner: TemporaryFolder, receiver: Receiver) {
    (self.folder, self.owner, self.receiver, before) = (folder, owner, receiver, receiver.arrivals.count)
  }

  var state: String { folder + "/state" }
  var team: GitClient { GitClient(at: folder + "/team.git") }
  /// Where the preloaded library writes.
  var log: String { owner.path("log") }
  var trace: String { owner.path("trace") }
  /// The ids of the webhook calls that arrived, each as often as it did.
  var arrivals: [String] { receiver.arrivals.dropFirst(before).map { $0.headers["webhook-id"] ?? "" } }
  var outbox: [String] {
    // Nothing yet is no folder.
    ((try? FileManager.default.contentsOfDirectory(atPath: state + "/outbox/acme")) ?? []).filter { !$0.hasPrefix(".") }
  }

  func pass(_ variables: [String: String] = [:]) async throws -> Posthorn.Ending {
    try await Posthorn.run(["reconcile"] + options, environment: ["HOME": folder].merging(variables) { $1 })
  }

  func daemon(_ variables: [String: String] = [:]) async throws -> Daemon {
    try await Daemon(options + ["--interval", "1s"], environment: ["HOME": folder].merging(variables) { $1 })
  }

  private var options: [String] { ["--repo", team.path, "--state", state, "--allow-private-hosts"] }

  /// What a person does who is told that a git process died here: in somebody's repository we remove nothing (G10).
  func removeStaleLock() throws {
    let lock = team.path + "/refs/heads/main.lock"
    if FileManager.default.fileExists(atPath: lock) { try FileManager.default.removeItem(atPath: lock) }
  }

  /// The calls that the preloaded library noted.
  var notes: [String] { ((try? Posthorn.text(log)) ?? "").split(separator: "\n").map(String.init) }  // no call, no file

  /// The attempts upstream: `["first acme 1 published", …]`.
  func history() throws -> [String] {
    try records().map { "\($0.post) \($0.account) \($0.attempt) \($0.outcome.rawValue)" }.sorted()
  }

  private func records() throws -> [HistoryRecord] {
    let names = try team.git("ls-tree", "-r", "--name-only", "main", "--", "schedule/history").split(separator: "\n")
    return try names.map { try HistoryRecord(json: try JSON.parse(Array(try team.git("show", "main:\($0)").utf8))) }
  }

  /// What is wrong with the world as it is: something went out twice, or a reference leads to nothing. Empty if nothing is.
  func harm() throws -> [String] {
    var found = Dictionary(grouping: arrivals) { $0 }.filter { $1.count > 1 }.map { "\($0) arrived \($1.count) times" }
    let check = try team.fsck()
    if !check.isEmpty { found.append("git fsck: \(check)") }
    return found
  }

  /// What is still missing once everything is mended and a pass was made: each delivery is published, or in doubt, and recorded.
  func debt() throws -> [String] {
    var found = try harm()
    let records = try records()
    for (post, account) in [("first", "acme"), ("first", "hook"), ("second", "hook")] {
      let last = records.filter { $0.post.text == post && $0.account.text == account }.max { $0.attempt < $1.attempt }
      let isSettled = last?.outcome == .published || (account == "hook" && last?.outcome == .inDoubt)
      if !isSettled { found.append("\(post) to \(account) is \(last?.outcome.rawValue ?? "not recorded")") }
    }
    if outbox.count != 1 { found.append("the outbox holds \(outbox)") }
    let published = records.filter { $0.account.text == "hook" && $0.outcome == .published }.map(\.key)
    for key in published where !arrivals.contains(key) { found.append("\(key) never arrived, and is recorded as published") }
    return found
  }
}
