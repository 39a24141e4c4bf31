import Failpoints
import Foundation
import Schedule
import StateDirectory
import Support

/// What goes on while the program is killed: a repository at a real git server, a few deliveries, a receiver that keeps books.
final class KillScenario: Sendable {
  /// What has to happen for a failpoint to be passed.
  enum Kind: Sendable {
    /// Two posts to the outbox and a webhook, one of which is refused at first.
    case ordinary
    /// The receiver processes everything and its answers get lost.
    case lostAnswers
    /// An account whose preparation leaves something to remember.
    case remembered
    /// The journal is longer than one segment.
    case longJournal
  }

  let host: Host
  /// Everything that is asked for.
  let due: [DeliveryID]
  let ledger: Ledger
  private let receiver: Receiver
  private let server: GitDaemon

  /// - Parameters:
  ///   - accounts: where the posts go.
  ///   - handling: what the receiver does; what the kind says otherwise.
  static func begin(
    _ kind: Kind, _ name: String, at server: GitDaemon, accounts: [AccountName] = [.acme, .hook], posts: [String] = ["first", "second"],
    handling: (@Sendable (DeliveryID, Int) -> Ledger.Handling)? = nil
  ) async throws -> KillScenario {
    let scenario = try await onThread {
      try KillScenario(kind, name, at: server, accounts: accounts, posts: posts, handling: handling ?? { kind.handling($0, $1) })
    }
    try await scenario.host.login("hook", secret: "whsec_" + Self.canary)
    try FileManager.default.removeItem(atPath: scenario.host.state + "/mirror.git")  // the login has fetched
    if kind == .longJournal { try await scenario.lengthenJournal() }
    return scenario
  }

  private init(
    _ kind: Kind, _ name: String, at server: GitDaemon, accounts: [AccountName], posts: [String],
    handling: @escaping @Sendable (DeliveryID, Int) -> Ledger.Handling
  ) throws {
    ledger = Ledger(drops: { $0 == .hook && kind == .remembered }, handling: handling)
    receiver = try Receiver(ledger.answer)
    self.server = server
    var files = [
      "accounts/acme.yaml": outbox, "accounts/ops.yaml": outbox,
      "accounts/hook.yaml": webhook(receiver.url("/in"), "dedupes: \(kind == .remembered)"),
      "posthorn.yaml": "retry: {delays: [0s, 0s, 0s]}\nnotify: [{on: [in_doubt], account: ops}]\n",
    ]
    let list = accounts.map(\.text).joined(separator: ", ")
    for name in posts { files["posts/\(name).yaml"] = post(to: list) }
    host = try Host(try server.repository(name, files: files))
    due = posts.compactMap { PostID($0) }.flatMap { post in accounts.map { DeliveryID(post: post, account: $0) } }
  }

  deinit { receiver.stop() }

  /// Base64 of 24 bytes, found nowhere else.
  static let canary = "a2lsbGVkY2FuYXJ5a2lsbGVkY2FuYXJ5"

  /// One pass, killed at `failpoint`, if it gets there.
  func pass(_ fault: String? = nil) async throws -> Posthorn.Ending {
    try await Posthorn.run(["reconcile"] + host.options, environment: environment(fault))
  }

  func environment(_ fault: String?) -> [String: String] {
    ["HOME": host.home.path].merging(fault.map { ["POSTHORN_FAILPOINT": $0] } ?? [:]) { $1 }
  }

  /// Passes until upstream says how everything ended, five at most, and what is not as it has to be then.
  ///
  /// - Parameters:
  ///   - before: the runs up to here.
  ///   - hasStopped: whether the first of them was a daemon that was asked to stop.
  func verdict(after before: [Posthorn.Ending], hasStopped: Bool = false) async throws -> [String] {
    var endings = before
    repeat { endings.append(try await pass()) } while try await !isDone() && endings.count < before.count + 5
    var oracle = oracle(endings)
    oracle.hasStopped = hasStopped
    return try await onThread { [oracle] in try oracle.violations() }
  }

  /// How each delivery ended, as upstream says; nil where it does not yet.
  func outcomes() async throws -> [DeliveryID: DeliveryState.Name?] {
    let oracle = oracle([])
    return try await onThread { try oracle.outcomes() }
  }

  private func isDone() async throws -> Bool {
    try await outcomes().values.allSatisfy { $0.map { $0.isFinal || $0 == .inDoubt } ?? false }
  }

  private func oracle(_ endings: [Posthorn.Ending]) -> Oracle {
    var oracle = Oracle(host.repository, state: host.state, ledger: ledger)
    oracle.due = Dictionary(uniqueKeysWithValues: due.map { ($0, .distantPast) })
    oracle.logs = endings.map(\.errors).joined()
    oracle.exits = endings.dropFirst().map(\.status)
    (oracle.canary, oracle.notified) = (Self.canary, .ops)
    return oracle
  }

  /// A journal that has begun its second segment, with nothing in it that matters.
  private func lengthenJournal() async throws {
    let journal = try Journal.open(in: try Folder(at: host.state)) { _ in }
    let filling = String(repeating: "x", count: 900_000)
    guard let post = due.first?.post else { return }
    for _ in 1...20 { try await journal.append([Event.holdRecorded(post, reason: filling).bytes], as: .outcome) }
    try await journal.append([Event.holdRecorded(post, reason: nil).bytes], as: .outcome)
    await journal.close()
  }
}

extension KillScenario.Kind {
  fileprivate func handling(_ id: DeliveryID, _ number: Int) -> Ledger.Handling {
    switch self {
    case .lostAnswers: .acceptSilently
    case .ordinary, .remembered, .longJournal: id.post.text == "second" && number == 1 ? .refuse(503) : .accept
    }
  }
}

extension AccountName {
  fileprivate static func named(_ text: String) -> AccountName {
    guard let name = AccountName(text) else { preconditionFailure("\(text) is a name") }
    return name
  }

  static let acme = named("acme")
  static let hook = named("hook")
  static let ops = named("ops")
}

extension Failpoint {
  /// Whose tests kill a daemon at the point. One that is not named here has to be passed in an ordinary pass.
  enum Killer: Equatable, Sendable {
    /// A pass in which this goes on.
    case pass(KillScenario.Kind)
    /// A daemon that is asked to stop.
    case stop
    /// A job with `--claims push`.
    case push
    /// A daemon with `--claims etcd`.
    case fleet
    /// A login whose token is renewed.
    case login
    /// A pass in which a film comes to the disk.
    case media
  }

  var killers: [Killer] {
    switch self {
    case .prepareStep, .prepareJournaled: [.pass(.remembered)]
    case .confirmAsked: [.pass(.lostAnswers)]
    case .segmentRemoved: [.pass(.longJournal)]
    case .stopDraining: [.stop]
    case .claimSent: [.push]
    case .leaseGranted, .memberPut: [.fleet]
    case .takeoverRead: [.push, .fleet]
    case .refreshBegun, .refreshAnswered, .refreshStored: [.login]
    case .mediaArrived, .mediaVerified, .mediaRenamed: [.media]
    default: [.pass(.ordinary)]
    }
  }

  static func killed(by killer: Killer) -> [Failpoint] { allCases.filter { $0.killers.contains(killer) } }

  /// What has to go on for the point to be passed in a pass; nil where a pass does not come by.
  var scenario: KillScenario.Kind? {
    for case .pass(let kind) in killers { return kind }
    return nil
  }
}
