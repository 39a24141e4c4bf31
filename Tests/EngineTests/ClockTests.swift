import Engine
import Platforms
import Schedule
import Signatures
import Support
import Synchronization
import Testing

@Suite("A clock in doubt")
struct ClockTests {
  @Test("Row 58: a clock that was a year ahead at the start, then right, publishes nothing before its time")
  func yearAhead() async throws {
    let stage = try Stage(["posts/launch.yaml": post(3600)])
    try await stage.pass()
    stage.time.set(by: .seconds(31_536_000))
    #expect(try await stage.pass().held == 1)
    #expect(stage.platform.calls.isEmpty)
    #expect(try stage.status()?.deliveries.first?.reason?.contains("posthorn resume --clock") == true)
    stage.time.set(by: .seconds(-31_536_000))
    try await stage.pass()
    #expect(stage.platform.calls.isEmpty)
    try await stage.pass(after: .seconds(3600))
    #expect(stage.platform.calls.map(\.time) == [.noon + .seconds(3600)])
  }

  @Test("Row 59: a clock that was set back two hours publishes nothing twice; what is due waits until it is confirmed")
  func setBack() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/later.yaml": post(60)])
    try await stage.pass()
    #expect(stage.platform.calls.map(\.id) == ["launch"])
    stage.time.set(by: .seconds(-7200))
    try await stage.pass()
    #expect(stage.platform.calls.count == 1)
    #expect(try await stage.pass(after: .seconds(7260)).held == 0)
    #expect(stage.platform.calls.map(\.id) == ["launch", "later"])
  }

  @Test("Row 59: after eight hours of suspend what is late beyond its grace is missed, and the clock is believed")
  func suspended() async throws {
    let stage = try Stage(["posts/launch.yaml": post(60)])
    try await stage.pass()
    #expect(try await stage.pass(after: .seconds(28_800)).held == 0)
    #expect(try stage.outcomes() == ["missed"])
  }

  @Test("A pause lasts as long as it was to, whoever sets the wall clock meanwhile", arguments: [-7200, -1, 0, 1, 7200])
  func pause(setBy seconds: Int) async {
    let time = TestClock(leaps: true)
    let start = time.clock.sinceBoot()
    var clock = time.clock
    clock.wait = { until in
      guard time.clock.sinceBoot() == start else { return await time.clock.wait(until) }
      time.advance(to: time.now + .seconds(3))
      time.set(by: .seconds(seconds))
    }
    await clock.pause(for: .seconds(9) + .microseconds(999_500))
    // An instant has no part of a millisecond, so it may last one or two longer; never shorter.
    #expect((Duration.seconds(10)...(.seconds(10) + .milliseconds(2))).contains(time.clock.sinceBoot() - start))
  }

  @Test("A person's word lets go what a doubted clock holds")
  func confirmed() async throws {
    let stage = try Stage(["posts/launch.yaml": post(3600)])
    try await stage.pass()
    stage.time.set(by: .seconds(3600))
    #expect(try await stage.pass().held == 1)
    #expect(try await stage.confirmClock())
    try await stage.pass()
    #expect(stage.platform.calls.count == 1)
    #expect(try await !stage.confirmClock())
  }

  @Test("A server's clock that agrees lets go what is held; one that differs holds even a first start")
  func serversClock() async throws {
    let stage = try Stage(["posts/launch.yaml": post(3600)])
    try await stage.pass()
    stage.time.set(by: .seconds(3600))
    try await stage.pass(serverTime: { .noon })
    #expect(stage.platform.calls.isEmpty)
    try await stage.pass(serverTime: { .noon + .seconds(3599) })
    #expect(stage.platform.calls.count == 1)

    let fresh = try Stage(["posts/launch.yaml": post()])
    #expect(try await fresh.pass(serverTime: { .noon - .seconds(86_400) }).held == 1)
    #expect(fresh.platform.calls.isEmpty)
  }

  // MARK: - A new state directory

  @Test("Row 79: A new state directory asks its accounts' servers before its first publication, and goes on asking until one agrees")
  func fresh() async throws {
    let stage = try Stage(["posts/launch.yaml": post(3600)])
    stage.time.set(by: .seconds(5400))
    let right: @Sendable () -> Instant = { stage.time.now - .seconds(5400) }
    for _ in 1...2 {
      let report = try await stage.pass(secondClock: .of(accounts: { _ in .time(right(), server: "a") }))
      #expect(report.held == 1 && report.heldForPerson == 1)
    }
    #expect(stage.platform.calls.isEmpty)
    stage.time.set(by: .seconds(-5400))
    let clock = SecondClock.of(accounts: { _ in .time(stage.time.now, server: "a") })
    try await stage.pass(secondClock: clock)
    #expect(stage.platform.calls.isEmpty)
    try await stage.pass(after: .seconds(3600), secondClock: clock)
    #expect(stage.platform.calls.map(\.time) == [.noon + .seconds(3600)])
  }

  @Test("A server that does not answer holds what is due in a new state directory; one that has no clock, or nobody to ask, does not")
  func silence() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    for _ in 1...2 {
      let report = try await stage.pass(secondClock: .of(accounts: { _ in .silence }))
      #expect(report.held == 1 && report.heldForPerson == 1)
    }
    #expect(stage.platform.calls.isEmpty)
    try await stage.pass(secondClock: .of(accounts: { _ in .noClock }))
    #expect(stage.platform.calls.count == 1)
  }

  @Test("Of several servers the first one that answers decides, and nobody waits for the others", arguments: [0, 5400])
  func several(ahead: Int64) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    let clock = SecondClock(
      servers: { _ in ["slow", "fast"] },
      askOne: { server in
        guard server == "slow" else { return .time(stage.time.now - .seconds(ahead), server: server) }
        try? await Task.sleep(for: .seconds(20))  // the slow server itself; cancelled once the fast one has answered
        return .silence
      })
    let start = ContinuousClock.now
    #expect(try await stage.pass(secondClock: clock).held == (ahead == 0 ? 0 : 1))
    #expect(ContinuousClock.now - start < .seconds(15))
    #expect(stage.platform.calls.count == (ahead == 0 ? 1 : 0))
  }

  @Test("A first pass that could not read the repository has compared nothing: the next one does")
  func unread() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    let clock = SecondClock.of(accounts: { _ in .time(stage.time.now - .seconds(5400), server: "a") })
    let nowhere = Location.bare(path: stage.host.path("nowhere.git"), branch: "main")
    #expect(try await stage.pass(at: nowhere, secondClock: clock).fetchFailure != nil)
    #expect(try await stage.pass(secondClock: clock).held == 1)
    #expect(stage.platform.calls.isEmpty)
  }

  @Test("A person's word is enough for a new state directory whose servers are silent")
  func word() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    let silent = SecondClock.of(accounts: { _ in .silence })
    #expect(try await stage.pass(secondClock: silent).held == 1)
    #expect(try await stage.confirmClock())
    try await stage.pass(secondClock: silent)
    #expect(stage.platform.calls.count == 1)
  }

  @Test("A new state directory whose clock is ahead takes nothing that is still to come for due before it was made")
  func made() async throws {
    let stage = try Stage(["posts/first.yaml": post(), "posts/launch.yaml": post(3600)])
    try await stage.pass(by: "one", claims: .push)
    stage.time.set(by: .seconds(5400))
    for _ in 1...2 { try await stage.pass(by: "two", claims: .push, serverTime: { stage.time.now - .seconds(5400) }) }
    #expect(try Posthorn.text(stage.host.path("two/incarnation")).hasSuffix(" \(Instant.noon.milliseconds)\n"))
    stage.time.set(by: .seconds(-5400))
    try await stage.pass(after: .seconds(3600), by: "two", claims: .push, serverTime: { stage.time.now })
    #expect(try stage.outcomes() == ["published"])
    #expect(stage.platform.calls.map(\.id) == ["first", "launch"])
  }

  // MARK: - Other daemons

  @Test(
    "Row 78: A runner whose clock is ahead takes over nothing from one that lives, compared or not",
    arguments: [SecondClock.Answer.time(.noon + .seconds(1), server: "a"), .silence])
  func takeOver(answer: SecondClock.Answer) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.lose(launchBy: "one")
    let claim = try stage.claim(at: "main")
    stage.time.set(by: .seconds(600))
    let report = try await stage.pass(by: "two", claims: .push, secondClock: .of(accounts: { _ in answer }))
    #expect(stage.platform.calls.count == 1, "that of the first runner")
    #expect(try stage.claim(at: "main") == claim)
    #expect(try stage.outcomes() == [])
    #expect(report.held == 1)
  }

  @Test("Under local claims a clock in doubt makes no other daemon gone, and asks none")
  func another() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(60)])
    try await stage.pass(by: "one")
    let tip = try stage.repository.upstream.git("rev-parse", "main")
    stage.time.set(by: .seconds(90_000))
    let wrong = SecondClock.of(accounts: { _ in .time(.noon, server: "a") })
    for _ in 1...2 {
      let report = try await stage.pass(after: .seconds(60), by: "two", secondClock: wrong)
      #expect(report.claimFailure != nil)
    }
    #expect(try stage.repository.upstream.git("rev-parse", "main") == tip)
    #expect(stage.platform.calls.map(\.id) == ["launch"])
  }

  // MARK: - Records from the future

  @Test("Row 84: A record from the future holds nobody up, and forbids what it says is out")
  func recordAhead() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(200)])
    try await stage.pass(by: "one", claims: .push)
    try stage.redate(to: "2099-01-01T00:00:00.000Z")
    for runner in ["two", "three"] {
      // Nobody vouches for what was changed: its own delivery is held, and that one alone.
      #expect(try await stage.pass(after: .seconds(100), by: runner, claims: .push).heldForPerson == 1)
    }
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
  }

  @Test("One runner's fast clock puts no other one's in doubt: not when its record is heard, and not at the next start")
  func fastClock() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(600, caption: "Next."), "posts/last.yaml": post(700)])
    try await stage.pass(by: "one", claims: .push)
    stage.time.set(by: .seconds(600))
    try await stage.pass(by: "two", claims: .push)
    stage.time.set(by: .seconds(-600))
    for _ in 1...2 { #expect(try await stage.pass(by: "one", claims: .push).held == 0) }
    try await stage.pass(after: .seconds(700), by: "one", claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["launch", "next", "last"])
  }

  @Test(
    "N3: what a key of this host has sealed from ahead puts its clock in doubt: what is due is held, aloud, until time passes or a server agrees",
    arguments: [true, false], ["one", "fresh"])
  func sealedAhead(isOurs: Bool, runner: String) async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(600, caption: "Next.")])
    if isOurs { stage.sealKey.withLock { $0 = SigningKey() } }
    try await stage.pass(by: "one", claims: .push)
    stage.time.set(by: .seconds(600))
    try await stage.pass(by: "fast", claims: .push)
    stage.time.set(by: .seconds(-600))
    try stage.repository.push(["posts/mid.yaml": post(200)])
    let early = try await stage.pass(after: .seconds(200), by: runner, claims: .push)
    #expect(early.held == (isOurs ? 1 : 0) && early.heldForPerson == early.held, "\(early)")
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"] + (isOurs ? [] : ["mid"]))
    // It ends by itself, once the clock has come near enough.
    try await stage.pass(after: .seconds(290), by: runner, claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["launch", "next", "mid"])
  }

  @Test("N3: a server that agrees ends such a doubt within the pass", arguments: ["one", "fresh"])
  func sealedAheadAsked(runner: String) async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(600, caption: "Next.")])
    stage.sealKey.withLock { $0 = SigningKey() }
    let time = stage.time
    try await stage.pass(by: "one", claims: .push, serverTime: { time.now })
    time.set(by: .seconds(600))
    try await stage.pass(by: "fast", claims: .push, serverTime: { time.now })
    time.set(by: .seconds(-600))
    try stage.repository.push(["posts/mid.yaml": post(10)])
    let report = try await stage.pass(after: .seconds(10), by: runner, claims: .push, serverTime: { time.now })
    #expect(report.held == 0 && stage.platform.calls.map(\.id) == ["launch", "next", "mid"], "\(report)")
  }

  @Test("N3: a record of ours from further ahead than a day tells of the clock that wrote it: it holds nobody up for ever")
  func sealedFarAhead() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(90_000, caption: "Next.", "grace: 2h")])
    stage.sealKey.withLock { $0 = SigningKey() }
    try await stage.pass(by: "one", claims: .push)
    stage.time.set(by: .seconds(90_000))
    try await stage.pass(by: "fast", claims: .push)
    stage.time.set(by: .seconds(-90_000))
    try stage.repository.push(["posts/mid.yaml": post(10)])
    for runner in ["one", "fresh"] { #expect(try await stage.pass(after: .seconds(10), by: runner, claims: .push).held == 0) }
    #expect(stage.platform.calls.map(\.id) == ["launch", "next", "mid"])
  }

  @Test("A record from the future uses up no limit of its account")
  func limitAhead() async throws {
    let stage = try Stage([
      "accounts/acme.yaml": "platform: stage\nlimits: {per_day: 1}\n", "posts/launch.yaml": post(), "posts/next.yaml": post(90),
    ])
    try await stage.pass(by: "one", claims: .push)
    try stage.redate(to: "2026-11-27T13:00:00.000Z")
    try await stage.pass(after: .seconds(90), by: "two", claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
  }

  @Test("A retry that a record puts off for ever is held, aloud: nobody vouches for a record that was changed")
  func retryAhead() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.platform.answer(.failed(.busy))
    try await stage.pass(by: "one", claims: .push)
    try stage.redate("next_attempt_at", to: "2099-01-01T00:00:00.000Z")
    let report = try await stage.pass(after: .seconds(3601), by: "two", claims: .push)
    #expect(report.outcomes.isEmpty && report.held == 1)
    #expect(stage.platform.calls.count == 1)
  }

  // MARK: - What a pass says

  @Test(
    "A pass says what is due and waits for somebody to act; who suspended a post has nothing to do",
    arguments: [(post(0, "suspend: true"), 1, 0), (post(-30, caption: "Late.", "suspend: {until: 2026-11-27T13:00}"), 1, 0)])
  func heldForPerson(file: String, held: Int, forPerson: Int) async throws {
    let stage = try Stage(["posts/launch.yaml": file])
    let report = try await stage.pass()
    #expect(report.held == held && report.heldForPerson == forPerson)
  }

  @Test("Held for a login, a delivery waits for a person as long as its grace lasts")
  func heldForLogin() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.platform.answer(.failed(DeliveryError(.auth, code: "http.401", message: "who are you")))
    #expect(try await stage.pass().heldForPerson == 1)
    #expect(try await stage.pass(after: .seconds(3601)).heldForPerson == 0)
  }
}

extension SecondClock {
  /// Servers that are known once the accounts are.
  fileprivate static func of(accounts answer: @escaping @Sendable (String) async -> Answer) -> SecondClock {
    SecondClock(servers: { $0.map { "https://\($0.name)" } }, askOne: answer)
  }
}

extension Stage {
  /// Changes a time in every history file, as if whoever recorded it last had said so: no commit has it otherwise.
  fileprivate func redate(_ key: String = "finished_at", to time: String) throws {
    try repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    var changed: [String: String?] = [:]
    for (name, text) in try repository.files(under: "history/") {
      changed["schedule/\(name)"] =
        text.split(separator: "\n").map { $0.contains("\"\(key)\"") ? "  \"\(key)\": \"\(time)\"," : String($0) }
        .joined(separator: "\n") + "\n"
    }
    try repository.clone.commit(changed)
    try repository.clone.git("reset", "-q", "--soft", "HEAD~2")
    try repository.clone.git("commit", "-q", "-m", "publish launch to acme")
    try repository.clone.git("push", "-q", "--force", "origin", "HEAD:main")
  }
}
