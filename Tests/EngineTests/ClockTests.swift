import Engine
import Schedule
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
}
