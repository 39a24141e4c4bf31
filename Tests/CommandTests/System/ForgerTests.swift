import Foundation
import Platforms
import Schedule
import Signatures
import Support
import Testing

@Suite("A forger who can push any branch")
struct ForgerTests {
  @Test(
    "Whoever can push any branch, and has no key of ours, reaches at worst a delay that ends, a hold or a doubt, said aloud: no other content, nothing twice, no silence",
    arguments: [false, true], [false, true])
  func worst(isSigned: Bool, isDaemon: Bool) async throws {
    let ground = try await ForgedGround(isSigned: isSigned)
    defer { ground.stop() }
    try await ground.publishPast()
    try ground.pushPosts()
    try ground.pushForgeries()
    try await ground.look(isDaemon) { try ground.waits($0) }

    // A delay: our claim stands in the place of the one that was to hold for ever, and no longer than an honest one.
    let limit = Instant(seconds: Int64(Date().timeIntervalSince1970) + 301)
    for account in Forgery.ever.accounts {
      let claim = try ground.claim(of: "ever", account)
      #expect(claim.validUntil <= limit && claim.seal?.key == ground.runners.key.publicKey.id && claim.remote == nil)
    }
    #expect(try ground.host.attempts("ever") == [])
    // A doubt: nobody was asked in the forger's words, and the history says what a person has to type.
    for kind in Forgery.doubts {
      let records = try ground.host.history().values.filter { $0.post.text == kind.rawValue }
      #expect(records.map(\.outcome) == kind.accounts.map { _ in .inDoubt }, "\(kind)")
      #expect(
        records.allSatisfy { $0.error?.message.contains("posthorn resolve \(kind.rawValue)") ?? false && $0.remote == nil }, "\(kind)")
    }
    // A hold: the status says which file to look at.
    for kind in Forgery.holds {
      let deliveries = try ground.host.status(kind.rawValue)?.deliveries ?? []
      #expect(deliveries.map(\.state) == kind.accounts.map { _ in .held }, "\(kind)")
      #expect(deliveries.allSatisfy { $0.reason?.contains("git rm") ?? false }, "\(kind)")
    }
    #expect(try ground.host.attempts("past") == ["1 published", "1 published", "1 published"], "what went out stays as it was")
    #expect(try ground.arrivals() == ["past"])
    #expect(ground.peer.posts.count == 1 && ground.peer.violations.isEmpty, "\(ground.peer.violations)")
  }

  @Test("The delay that a claim makes which is to hold for ever ends: what may be asked for is asked for in our words, once")
  func ends() async throws {
    let ground = try await ForgedGround(isSigned: true)
    defer { ground.stop() }
    try await ground.publishPast()
    try ground.pushPosts()
    try ground.pushForgeries()
    try await ground.look(false) { try ground.waits($0) }
    try ground.age()
    try await ground.look(false) { try ground.outcome("ever", $0) != nil }
    #expect(try ground.outcome("ever", "hook") == .published)
    #expect(try ground.outcome("ever", "box") == .inDoubt && ground.outcome("ever", "acme") == .inDoubt)
    #expect(try ground.arrivals() == ["past", "ever"])
    #expect(ground.peer.posts.count == 1)
  }
}

/// What somebody writes in the place of a claim.
private enum Forgery: String, CaseIterable {
  /// No seal; it says that a platform accepted what was published before, or what it likes.
  case accepted
  /// Under a key that comes along with it.
  case ownkey
  /// The right key of the delivery, and another digest.
  case digest
  /// A genuine seal, of something else.
  case changed
  /// A genuine one of another delivery.
  case renamed
  /// Of more attempts than anybody makes.
  case attempts
  /// It says to hold for thousands of years.
  case ever

  /// TikTok lets six posts a minute begin, so that it is left out where nothing is said of what it accepted.
  var accounts: [String] { [.accepted, .ownkey, .changed, .ever].contains(self) ? ["acme", "box", "hook"] : ["box", "hook"] }

  static let doubts: [Forgery] = [.accepted, .ownkey, .digest, .changed]
  static let holds: [Forgery] = [.renamed, .attempts]
}

/// A repository with an outbox, a receiver that drops repeats, and TikTok; runners without a disk that share a key, and a forger.
private struct ForgedGround {
  let receiver: Receiver
  let peer: TikTokPeer
  let host: Host
  let runners: Runners
  private let forger = SigningKey()

  init(isSigned: Bool) async throws {
    receiver = try Receiver()
    var settings = TikTokPeer.Settings()
    settings.moderation = .init(asksUntilDone: 0, asksUntilID: 0)
    peer = try TikTokPeer(settings)
    let repository = try ContentRepository(files: ["accounts/box.yaml": outbox])
    var access = ["--endpoint", "tiktok=\(peer.origin)"]
    if isSigned {
      let key = repository.folder.path("key")
      try run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key])
      try repository.folder.write("author@example.org \(try Posthorn.text(key + ".pub"))", to: "allowed")
      for (name, value) in [("gpg.format", "ssh"), ("user.signingkey", key), ("commit.gpgsign", "true")] {
        try repository.clone.git("config", name, value)
      }
      access += ["--allowed-signers", repository.folder.path("allowed")]
    }
    try repository.push([
      "accounts/hook.yaml": webhook(receiver.url("/in"), "dedupes: true"), "accounts/acme.yaml": "platform: tiktok\naudited: true\n",
      "posthorn.yaml": "policy: {require_signed: \(isSigned)}\n", "media/film.mp4": String(repeating: "film ", count: 9000),
      "posts/past.yaml": Self.post("past", due: -1),
    ])
    host = try Host(repository, access: access)
    runners = try Runners(host)
  }

  func stop() {
    receiver.stop()
    peer.stop()
  }

  private static let past = ["acme", "box", "hook"]

  private static func post(_ name: String, due seconds: Int) -> String {
    CommandTests.post(
      due: seconds, to: (Forgery(rawValue: name)?.accounts ?? past).joined(separator: ", "), caption: "This is \(name).",
      "media: [{path: media/film.mp4}]",
      "options: {tiktok: {privacy_level: PUBLIC_TO_EVERYONE}}")
  }

  /// A runner with an empty disk.
  private func runner() async throws -> Host {
    let host = try await runners.fresh()
    let login = try await host.posthorn("account", "login", "acme", input: peer.login())
    guard login.status == 0 else { throw Overdue(description: "login: \(login)") }
    return host
  }

  func publishPast() async throws {
    try await runner().reconcile()
    #expect(try host.attempts("past") == ["1 published", "1 published", "1 published"])
  }

  /// Posts that honest people push, which are due by the time that somebody looks.
  func pushPosts() throws {
    try host.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try host.repository.push(
      Dictionary(uniqueKeysWithValues: Forgery.allCases.map { ("posts/\($0.rawValue).yaml", Self.post($0.rawValue, due: 1)) }))
  }

  /// A job, or a daemon until nothing changes any more; both end with 1, as people are wanted.
  ///
  /// - Parameter isDone: whether what was to hold for ever is as far as it gets, at an account.
  func look(_ isDaemon: Bool, until isDone: @escaping (String) throws -> Bool) async throws {
    let runner = try await runner()
    guard isDaemon else {
      try await runner.reconcile(exit: 1)
      return
    }
    let daemon = try await runner.daemon()
    try await eventually("everything was looked at", clue: { daemon.log }) {
      try Forgery.allCases.allSatisfy { kind in
        guard kind != .ever else { return try kind.accounts.allSatisfy(isDone) }
        let states = try host.status(kind.rawValue)?.deliveries.map(\.state) ?? []
        return states.count == kind.accounts.count && states.allSatisfy { $0 == .inDoubt || $0 == .held }
      }
    }
    #expect(try await daemon.stop() == 0)
  }
}

extension ForgedGround {
  func claim(of post: String, _ account: String) throws -> ClaimRecord {
    let text = try #require(try host.repository.file("status/claims/\(post)/\(account).json"))
    return try ClaimRecord(json: try JSON.parse(Array(text.utf8)))
  }

  /// Whether a claim of ours stands in the place of the one that was to hold for ever.
  func waits(_ account: String) throws -> Bool {
    guard let text = try host.repository.file("status/claims/ever/\(account).json") else { return false }
    let claim = try ClaimRecord(json: try JSON.parse(Array(text.utf8)))
    return claim.seal?.key == runners.key.publicKey.id
  }

  func outcome(_ post: String, _ account: String) throws -> DeliveryState.Name? {
    try host.history().values.filter { $0.post.text == post && $0.account.text == account }.max { $0.attempt < $1.attempt }?.outcome
  }

  /// What the receiver and the outboxes got, in the order of its coming: always what the branch says.
  func arrivals() throws -> [String] {
    try receiver.arrivals.map { arrival in
      let caption = try #require(try JSON.parse(Array(arrival.body))["data"]?["caption"]?.string)
      return caption.trimmingPrefix("This is ").split(separator: ".").first.map(String.init) ?? caption
    }
  }

  /// Time passes for a claim that we made.
  func age() throws {
    try host.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    let past = Instant(seconds: Int64(Date().timeIntervalSince1970) - 600)
    var files: [String: String?] = [:]
    for account in Forgery.ever.accounts {
      var claim = try claim(of: "ever", account)
      claim.validUntil = past
      files["status/claims/ever/\(account).json"] = try claim.text(sealedWith: runners.key)
    }
    try host.repository.push(files)
  }
}

// MARK: - The forger

extension ForgedGround {
  func pushForgeries() throws {
    var files: [String: String?] = [KeyRecord.file(of: forger.publicKey.id): try keyFile()]
    // Genuine claims of what went out come back as they were.
    for account in Self.past { files["status/claims/past/\(account).json"] = try genuine(account) }
    for kind in Forgery.allCases {
      for account in kind.accounts { files["status/claims/\(kind.rawValue)/\(account).json"] = try forged(kind, account) }
    }
    let clone = host.repository.clone
    let unsigned = GitClient(
      at: clone.path,
      environment: ["GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "commit.gpgsign", "GIT_CONFIG_VALUE_0": "false"])
    try unsigned.commit(Dictionary(uniqueKeysWithValues: files.map { ("schedule/\($0)", $1) }), message: "Nothing to see")
    try clone.pushOnTop()
  }

  /// The claim under which the past post went to an account, out of the branch's history.
  private func genuine(_ account: String) throws -> String {
    let upstream = host.repository.upstream
    let path = "schedule/status/claims/past/\(account).json"
    let commit = try upstream.git("log", "-1", "--diff-filter=A", "--format=%H", "main", "--", path)
    return try upstream.git("show", "\(commit):\(path)") + "\n"
  }

  private func forged(_ kind: Forgery, _ account: String) throws -> String {
    let old = try ClaimRecord(json: try JSON.parse(Array(try genuine(account).utf8)))
    guard kind != .renamed else { return old.json.text() }
    let git = host.repository.clone
    let (post, path) = (try #require(PostID(kind.rawValue)), "schedule/posts/\(kind.rawValue).yaml")
    let text = try git.git("show", "HEAD:\(path)") + "\n"
    let time = try #require(text.firstMatch(of: /scheduled_time: (\S+)/)?.1)
    let instant = try #require(Instant("\(time)Z"))
    let id = DeliveryID(post: post, account: old.id.account)
    let key = "msg_" + ContentDigest.sha256("\(post)\n\(account)\n\(instant.milliseconds)\n1".utf8).prefix(32)
    let intent = Intent(
      attempt: 1, key: key, path: path, platform: old.intent.platform, scheduledAt: instant,
      scheduledTime: try WallClock.parse(String(time)).clock, timezone: "UTC", tzdata: old.intent.tzdata,
      contentSHA256: kind == .digest ? ContentDigest.sha256("Buy this.".utf8) : ContentDigest.sha256(text.utf8), media: old.intent.media,
      source: Source(
        commit: try git.git("rev-parse", "HEAD"), blob: try git.git("rev-parse", "HEAD:\(path)"), author: old.intent.source.author,
        committer: old.intent.source.committer), startedAt: old.intent.startedAt)
    // What TikTok published before is there to be asked for.
    let published = try host.history().values.first { $0.account.text == account }?.remote
    var claim = ClaimRecord(
      id: id, intent: intent, validUntil: Instant(seconds: Int64(Date().timeIntervalSince1970) - 600), steps: old.steps,
      remote: [.accepted, .ownkey, .changed].contains(kind) ? published ?? Remote(id: "7") : nil, host: old.host,
      incarnation: old.incarnation, life: old.life, version: old.version)
    switch kind {
    case .ownkey: return try claim.text(sealedWith: forger)
    case .changed: claim.seal = old.seal
    case .ever: claim.validUntil = try #require(Instant("9999-12-31T00:00:00Z"))
    case .attempts:
      var members = claim.json.object ?? [:]
      members["attempt"] = .int(Int64.max)
      return JSON.object(members).text()
    case .accepted, .digest, .renamed: break
    }
    return claim.json.text()
  }

  private func keyFile() throws -> String {
    let (key, instant) = (forger.publicKey, Instant(seconds: Int64(Date().timeIntervalSince1970)))
    var record = KeyRecord(id: key.id, publicKey: key.bytes, since: instant, host: "x", incarnation: "x")
    record.seal = Seal(key: record.id, signature: try forger.signature(of: record.bytes()))
    return String(decoding: record.bytes(), as: UTF8.self)
  }
}
