import Git
import Logging
import Schedule
import StateDirectory
import Support
import Synchronization
import Testing

@testable import Engine

/// An implementation of claims, with members that tests make and kill.
protocol ClaimsGround: Sendable {
  /// A member that has joined; or that could not, where only one can.
  func member(_ name: String) async throws -> any Claims
  /// Ends a member as a crash would: it says nothing any more.
  func kill(_ name: String) async throws
  /// Lets the time pass after which nobody believes that a dead member lives.
  func outlast() async throws
  /// The record of the outcome arrives upstream.
  func record(_ claim: Claim) throws
}

extension ClaimsGround {
  func record(_ claim: Claim) throws {}
}

/// Every implementation that ships.
enum ClaimsKind: String, CaseIterable, CustomTestStringConvertible {
  case local, push
  case etcd

  var testDescription: String { rawValue }
  /// Those that several daemons share.
  static let shared = allCases.filter { $0 != .local }

  func ground() async throws -> any ClaimsGround {
    switch self {
    case .local: try LocalGround()
    case .etcd: try await EtcdGround()
    case .push: try PushGround()
    }
  }
}

extension SourceRepository {
  /// The repository as a runner with a state directory of its own has it.
  static func of(_ repository: ContentRepository, state: Folder) -> SourceRepository {
    SourceRepository(
      location: .bare(path: repository.upstream.path, branch: "main"), folder: "schedule", access: Access(), state: state,
      logger: Logger(label: "claims") { _ in SwiftLogNoOpLogHandler() })
  }
}

/// One state directory and its lock: the first member has it until it is killed.
private final class LocalGround: ClaimsGround {
  private let repository: ContentRepository
  private let folder: TemporaryFolder
  private let holder = Mutex<String?>(nil)

  init() throws {
    repository = try ContentRepository(files: ["accounts/acme.yaml": "platform: stage\n"])
    folder = try TemporaryFolder("claims")
  }

  func member(_ name: String) async throws -> any Claims {
    holder.withLock { $0 = $0 ?? name }
    let lock = HeldLock(path: "lock") { self.holder.withLock { $0 == name } }
    return LocalClaims(
      .of(repository, state: try Folder(at: folder.path("state"))), party: .init(host: "mars", incarnation: "state", place: "here"),
      version: "0", lock: lock, clock: TestClock(leaps: false).clock, logger: Logger(label: "claims") { _ in SwiftLogNoOpLogHandler() })
  }

  func kill(_ name: String) async throws { holder.withLock { if $0 == name { $0 = nil } } }
  func outlast() async throws {}
}

/// A bare repository that all members push to, and their clock.
private final class PushGround: ClaimsGround {
  private let repository: ContentRepository
  private let folder: TemporaryFolder
  private let time = Mutex(Instant.noon)
  private let dead = Mutex<Set<String>>([])

  init() throws {
    repository = try ContentRepository(files: ["accounts/acme.yaml": "platform: stage\n"])
    folder = try TemporaryFolder("claims")
  }

  func member(_ name: String) async throws -> any Claims {
    let member = PushClaims(
      .of(repository, state: try Folder(at: folder.path(name))), host: name, version: "0", incarnation: name, life: .drawn(),
      lock: HeldLock(path: "lock") { self.dead.withLock { !$0.contains(name) } },
      now: { self.time.withLock { $0 } })
    try await member.join()
    return member
  }

  func kill(_ name: String) async throws { dead.withLock { _ = $0.insert(name) } }

  /// It removes the claim.
  func record(_ claim: Claim) throws {
    try repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try repository.push([ClaimRecord.file(of: claim.id): nil])
  }

  func outlast() async throws {
    time.withLock { $0 = $0 + PushClaims.validity + ClaimTerms().longestCall + PushClaims.clockDifference + .milliseconds(1) }
  }
}

@Suite("Claims, whoever keeps them")
struct ClaimsTests {
  let launch = Claim.example("launch")

  @Test("A delivery can be claimed, committed and given back, and claimed again", arguments: ClaimsKind.allCases)
  func life(_ kind: ClaimsKind) async throws {
    let ground = try await kind.ground()
    let member = try await ground.member("first")
    for end in [ClaimEnd.givenUp, .recorded, .givenUp] {
      #expect(try await member.claim([launch]) == [launch.id: .held])
      #expect(try await member.claim(launch) == .held, "one alone is claimed as several are")
      #expect(try await member.permit(launch.id)?.allows(member.terms.longestCall) == true)
      if end == .recorded { try ground.record(launch) }
      await member.release([launch.id], end)
    }
    await member.leave()
  }

  @Test("What one has claimed nobody else can claim or commit, until it is given back", arguments: ClaimsKind.allCases)
  func exclusive(_ kind: ClaimsKind) async throws {
    let ground = try await kind.ground()
    let (first, second) = (try await ground.member("first"), try await ground.member("second"))
    #expect(await first.holds(launch))
    #expect(await !second.holds(launch))
    #expect(await !second.mayCommit(launch.id))
    #expect(await first.mayCommit(launch.id))
    await first.leave()
    await second.leave()
  }

  @Test("Several are claimed at once, and each gets its own answer", arguments: ClaimsKind.allCases)
  func several(_ kind: ClaimsKind) async throws {
    let member = try await kind.ground().member("first")
    let claims = (1...5).map { Claim.example("launch-\($0)") }
    #expect(try await member.claim(claims) == Dictionary(uniqueKeysWithValues: claims.map { ($0.id, .held) }))
    #expect(try await member.claim(claims) == Dictionary(uniqueKeysWithValues: claims.map { ($0.id, .held) }))
    await member.leave()
  }

  @Test("What is given back, or left behind by somebody who leaves, is free for others at once", arguments: ClaimsKind.shared)
  func freed(_ kind: ClaimsKind) async throws {
    let ground = try await kind.ground()
    let (first, second) = (try await ground.member("first"), try await ground.member("second"))
    let next = Claim.example("next")
    #expect(try await first.claim([launch, next]) == [launch.id: .held, next.id: .held])
    await first.release([launch.id], .givenUp)
    #expect(await second.holds(launch))
    #expect(await !second.holds(next))
    await first.leave()
    #expect(await second.holds(next))
    await second.leave()
  }

  @Test("Of two who want the same one gets it", arguments: ClaimsKind.shared)
  func race(_ kind: ClaimsKind) async throws {
    let ground = try await kind.ground()
    let members = [try await ground.member("first"), try await ground.member("second")]
    let claims = (1...10).map { Claim.example("launch-\($0)") }
    async let one = members[0].claim(claims)
    async let other = members[1].claim(claims)
    let held = try await [one, other].map { answers in Set(answers.filter { $0.value == .held }.keys) }
    #expect(held[0].isDisjoint(with: held[1]))
    #expect(held[0].count + held[1].count == claims.count)
    for member in members { await member.leave() }
  }

  @Test(
    "What a dead daemon left is taken over once, by one, with all that it knew; the dead one may commit no more",
    arguments: ClaimsKind.shared)
  func takenOver(_ kind: ClaimsKind) async throws {
    let ground = try await kind.ground()
    let dead = try await ground.member("first")
    #expect(await dead.holds(launch))
    #expect(await dead.mayCommit(launch.id))
    try await ground.kill("first")
    let heirs = [try await ground.member("second"), try await ground.member("third")]
    for heir in heirs { #expect(try await heir.inherit { _ in false } == []) }
    try await ground.outlast()
    #expect(await !dead.mayCommit(launch.id))
    var found: [AbandonedClaim] = []
    for heir in heirs + heirs {
      let taken = try await heir.inherit { _ in false }
      for claim in taken { try await heir.note(.intended(claim.intent), of: claim.id) }  // as the engine takes it up
      found += taken
    }
    #expect(found.map(\.id) == [launch.id])
    #expect(found.first?.intent == launch.intent)
    #expect(found.first?.committedAt != nil)
    for heir in heirs { await heir.leave() }
  }

  @Test("What is being done here is left alone", arguments: ClaimsKind.shared)
  func busy(_ kind: ClaimsKind) async throws {
    let ground = try await kind.ground()
    #expect(try await ground.member("first").holds(launch))
    try await ground.kill("first")
    try await ground.outlast()
    let heir = try await ground.member("second")
    #expect(try await heir.inherit { $0 == launch.id } == [])
    #expect(try await heir.inherit { _ in false }.map(\.id) == [launch.id])
    await heir.leave()
  }
}

extension Claims {
  /// Takes over everything as it is.
  func takeOver(except isBusy: @Sendable (DeliveryID) -> Bool) async throws -> [AbandonedClaim] {
    try await takeOver(except: isBusy) { found in
      Dictionary(uniqueKeysWithValues: found.map { ($0.id, .settle(Claim(id: $0.id, intent: $0.record.intent, steps: $0.record.steps))) })
    }
  }

  /// Takes over as the engine does, after a look upstream.
  fileprivate func inherit(except isBusy: @Sendable (DeliveryID) -> Bool) async throws -> [AbandonedClaim] {
    if let reading = await willRead() { await hasRead(reading) }
    return try await takeOver(except: isBusy)
  }

  /// Whether it gets the claim; one that cannot even ask does not.
  func holds(_ claim: Claim) async -> Bool { (try? await self.claim([claim])) == [claim.id: .held] }
  fileprivate func mayCommit(_ id: DeliveryID) async -> Bool { ((try? await permit(id)) ?? nil)?.allows(terms.longestCall) ?? false }
}

extension Claim {
  /// A delivery of that post to acme, with an intent whose facts are made up.
  static func example(_ post: String, attempt: Int = 1) -> Claim {
    guard let post = PostID(post), let account = AccountName("acme"), let time = try? WallClock.parse("2026-11-27T12:00:00") else {
      preconditionFailure("the example is one")
    }
    let digit = { (text: String, count: Int) in String(repeating: text, count: count) }
    let intent = Intent(
      attempt: attempt, key: deliveryKey(DeliveryID(post: post, account: account), scheduledAt: .noon, firstAttempt: 1),
      path: "schedule/posts/\(post).yaml", platform: "stage", scheduledAt: .noon,
      scheduledTime: time.clock,
      timezone: "UTC", tzdata: "test", contentSHA256: digit("a", 64),
      media: [MediaDigest(path: "media/teaser.mp4", sha256: digit("b", 64))],
      source: Source(
        commit: digit("c", 40), blob: digit("d", 40), author: "Ann <ann@example.org>", committer: "Ann <ann@example.org>"), startedAt: .noon
    )
    return Claim(id: DeliveryID(post: post, account: account), intent: intent)
  }
}
