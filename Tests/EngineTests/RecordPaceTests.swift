import Testing

@testable import Engine

@Suite("When outcomes are recorded")
struct RecordPaceTests {
  private static let interval = Duration.seconds(2)

  private func wait(_ pace: RecordPace, _ waiting: Int, landing isLanding: Bool = false, since start: Duration = .zero, at now: Duration)
    -> Duration
  {
    pace.wait(for: waiting, since: start, isLanding: isLanding, interval: Self.interval, now: now)
  }

  @Test("After a quiet time one is recorded at once")
  func quiet() { #expect(wait(RecordPace(), 1, at: .seconds(100)) <= .zero) }

  @Test("What is landing is waited for, no longer than the interval, and no longer than two seconds")
  func landing() {
    let pace = RecordPace()
    #expect(wait(pace, 1, landing: true, since: .seconds(10), at: .seconds(10)) == .seconds(2))
    #expect(wait(pace, 1, landing: true, since: .seconds(10), at: .seconds(12)) <= .zero)
    #expect(pace.wait(for: 1, since: .zero, isLanding: true, interval: .seconds(3600), now: .zero) == .seconds(2))
    #expect(wait(pace, 2500, landing: true, since: .seconds(10), at: .seconds(10)) <= .zero)
  }

  @Test("Small commits keep the interval, and more where they take long")
  func apart() {
    var pace = RecordPace()
    pace.commit(of: 1, from: .seconds(10), to: .seconds(11), interval: Self.interval)
    #expect(wait(pace, 1999, since: .seconds(11), at: .seconds(11)) == .seconds(2))
    pace.commit(of: 1999, from: .seconds(20), to: .seconds(25), interval: Self.interval)
    #expect(wait(pace, 1, since: .seconds(25), at: .seconds(25)) == .seconds(10))
  }

  @Test("Neither a backlog nor what it leaves over waits for the interval, only as long as the last commit took")
  func backlog() {
    var pace = RecordPace()
    let end = Duration.seconds(10) + .milliseconds(300)
    pace.commit(of: 1, from: .seconds(10), to: end, interval: Self.interval)
    #expect(wait(pace, 2000, since: end, at: end) == .milliseconds(300))
    pace.commit(of: 2000, from: .seconds(10), to: end, interval: Self.interval)
    #expect(wait(pace, 1, since: end, at: end) == .milliseconds(300))
  }

  @Test("After a failure nothing is tried before its pause is over, however much waits")
  func failure() {
    var pace = RecordPace()
    pace.fail(at: .seconds(10), pause: .seconds(64))
    #expect(wait(pace, 5000, since: .seconds(10), at: .seconds(14)) == .seconds(60))
  }
}
