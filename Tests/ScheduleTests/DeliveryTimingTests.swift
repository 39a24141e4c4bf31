import Schedule
import Testing

@Suite("What a delivery needs now")
struct DeliveryTimingTests {
  static let due = Instant(seconds: 1_800_000_000)
  static let timing = Timing(scheduledAt: due, grace: .seconds(3600))

  @Test(
    "Before its instant it waits, within its grace it goes out, later it is missed",
    arguments: [
      (-10_000, Decision.wait(until: due)), (-1, .wait(until: due)), (0, .publish), (3_600_000, .publish), (3_600_001, .miss),
    ] as [(Int64, Decision)])
  func clock(milliseconds: Int64, expected: Decision) {
    #expect(Self.timing.decision(after: nil, now: Self.due + .milliseconds(milliseconds)) == expected)
  }

  @Test("What is held stays where it is, even when its grace has passed", arguments: [0, 3600, 100_000] as [Int64])
  func held(seconds: Int64) {
    let timing = Timing(scheduledAt: Self.due, grace: .seconds(3600), isHeld: true)
    #expect(timing.decision(after: nil, now: Self.due + .seconds(seconds)) == .nothing)
  }

  @Test("A retry waits for its own time, and never goes out before the instant")
  func retry() {
    let early = Observation.ended(.retrying(at: Self.due - .seconds(2)), at: Self.due)
    #expect(Self.timing.decision(after: early, now: Self.due - .seconds(1)) == .wait(until: Self.due))
    let later = Observation.ended(.retrying(at: Self.due + .seconds(300)), at: Self.due)
    #expect(Self.timing.decision(after: later, now: Self.due + .seconds(299)) == .wait(until: Self.due + .seconds(300)))
    #expect(Self.timing.decision(after: later, now: Self.due + .seconds(300)) == .publish)
  }

  @Test("A retry that would come after the grace is missed when the grace ends, not when the retry comes")
  func retryBeyondGrace() {
    let retrying = Observation.ended(.retrying(at: Self.due + .seconds(7200)), at: Self.due)
    let end = Self.due + .seconds(3600) + .milliseconds(1)
    #expect(Self.timing.decision(after: retrying, now: Self.due + .seconds(60)) == .wait(until: end))
    #expect(Self.timing.decision(after: retrying, now: end) == .miss)
  }

  @Test(
    "A changed time arms again what failed, was missed, cancelled or waits for a retry",
    arguments: [.failed, .missed, .cancelled, .retrying(at: due)] as [DeliveryState])
  func arms(state: DeliveryState) {
    let observation = Observation.ended(state, at: Self.due - .seconds(86_400))
    #expect(Self.timing.decision(after: observation, now: Self.due) == .arm)
  }

  @Test("What a person arms again has its grace from then on")
  func byPerson() {
    let later = Self.due + .seconds(86_400)
    var observation = Observation(scheduledAt: Self.due, firstAttempt: 2, attempts: 1)
    observation.armedByPersonAt = later
    #expect(Self.timing.decision(after: observation, now: later) == .publish)
    #expect(Self.timing.decision(after: observation, now: later + .seconds(3601)) == .miss)
  }

  @Test("Of what was due before, and has not ended, another life may have begun an attempt; what ended or is due later it has not")
  func missingAttempt() {
    func missing(_ observation: Observation?, before seconds: Int64) -> Instant? {
      Self.timing.missingAttempt(after: observation, before: Self.due + .seconds(seconds))
    }
    let retry = Self.due + .seconds(300)
    #expect(missing(nil, before: 1) == Self.due)
    #expect(missing(nil, before: 0) == nil)
    #expect(missing(Observation(scheduledAt: Self.due), before: 1) == Self.due)
    #expect(missing(.ended(.retrying(at: retry), at: Self.due), before: 301) == retry)
    #expect(missing(.ended(.retrying(at: retry), at: Self.due), before: 300) == nil)
    for state in [DeliveryState.failed, .missed, .cancelled, .published, .delivered, .inDoubt] {
      #expect(missing(.ended(state, at: Self.due), before: 301) == nil)
    }
    #expect(missing(.ended(.failed, at: Self.due - .seconds(60)), before: 1) == Self.due)
    var armed = Observation(scheduledAt: Self.due, firstAttempt: 2, attempts: 1)
    armed.armedByPersonAt = retry
    #expect(missing(armed, before: 300) == nil && missing(armed, before: 301) == retry, "nobody began before the person's word")
    #expect(missing(.ended(.published, at: Self.due - .seconds(60)), before: 1) == nil)
  }

  @Test("Nothing arms again what went out or may have", arguments: [.published, .delivered, .inDoubt] as [DeliveryState])
  func neverAgain(state: DeliveryState) {
    let observation = Observation.ended(state, at: Self.due - .seconds(86_400))
    #expect(Self.timing.decision(after: observation, now: Self.due) == .nothing)
  }
}

@Suite("The pace of an account")
struct AccountPaceTests {
  let noon = Instant(seconds: 1_800_000_000)

  @Test("Without limits everything that is on time leaves at once")
  func unlimited() {
    var pace = AccountPace(limits: .init())
    for _ in 0..<500 {
      #expect(pace.admission(due: noon, now: noon) == .now)
      pace.depart(due: noon, now: noon)
    }
  }

  @Test("Late deliveries keep their distance, on-time ones do not wait for them")
  func spacing() {
    var pace = AccountPace(limits: .init(spacing: .seconds(60)))
    let late = noon - .seconds(600)
    pace.depart(due: late, now: noon)
    #expect(pace.admission(due: late, now: noon + .seconds(10)) == .at(noon + .seconds(60)))
    #expect(pace.admission(due: noon, now: noon + .seconds(10)) == .now)
    #expect(pace.admission(due: late, now: noon + .seconds(60)) == .now)
  }

  @Test("A delivery up to a minute late is on time: it came with a fetch that was due")
  func onTime() {
    var pace = AccountPace(limits: .init(spacing: .seconds(60)))
    pace.depart(due: noon - .seconds(60), now: noon)
    #expect(pace.admission(due: noon - .seconds(60), now: noon) == .now)
  }

  @Test("Limits count over a sliding minute and a sliding day")
  func windows() {
    var pace = AccountPace(limits: .init(perMinute: 2, perDay: 3))
    pace.depart(due: noon, now: noon)
    pace.depart(due: noon, now: noon + .seconds(10))
    #expect(pace.admission(due: noon, now: noon + .seconds(20)) == .at(noon + .seconds(60)))
    #expect(pace.admission(due: noon + .seconds(60), now: noon + .seconds(60)) == .now)
    pace.depart(due: noon + .seconds(60), now: noon + .seconds(60))
    #expect(pace.admission(due: noon + .seconds(3600), now: noon + .seconds(3600)) == .at(noon + .seconds(86_400)))
    #expect(pace.admission(due: noon + .seconds(86_400), now: noon + .seconds(86_400)) == .now)
  }

  @Test("No more are in flight than the account allows")
  func concurrent() {
    var pace = AccountPace(limits: .init(concurrent: 1))
    pace.depart(due: noon, now: noon)
    #expect(pace.admission(due: noon, now: noon) == .afterAnother)
    pace.arrive()
    #expect(pace.admission(due: noon, now: noon) == .now)
  }

  @Test("What left before a restart counts, in whatever order it is remembered")
  func remembered() {
    var pace = AccountPace(limits: .init(perMinute: 2))
    pace.remember(departure: noon - .seconds(10), due: noon - .seconds(10))
    pace.remember(departure: noon - .seconds(30), due: noon - .seconds(30))
    #expect(pace.admission(due: noon, now: noon) == .at(noon + .seconds(30)))
  }

  @Test("Late deliveries keep their distance over a restart too")
  func rememberedLate() {
    var pace = AccountPace(limits: .init(spacing: .seconds(60)))
    pace.remember(departure: noon, due: noon - .seconds(600))
    #expect(pace.admission(due: noon - .seconds(500), now: noon + .seconds(1)) == .at(noon + .seconds(60)))
  }
}

extension Observation {
  /// A delivery whose first attempt has ended so.
  static func ended(_ state: DeliveryState, at scheduledAt: Instant) -> Observation {
    Observation(scheduledAt: scheduledAt, attempts: 1, phase: .ended(Outcome(state: state, finishedAt: scheduledAt)))
  }
}
