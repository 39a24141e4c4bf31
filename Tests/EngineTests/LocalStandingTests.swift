import Schedule
import StateDirectory
import Testing

@testable import Engine

@Suite("For how long a permit counts that was given under local claims")
struct LocalStandingTests {
  private static let start = Instant(seconds: 1_800_000_000)

  /// So many seconds after the start, by the clock that counts from boot and by the wall clock.
  private static func moment(_ seconds: Int, wall: Int? = nil) -> LocalStanding.Moment {
    .init(sinceBoot: .seconds(1000 + seconds), wall: start + .seconds(wall ?? seconds))
  }

  /// Others take over after three minutes; upstream was heard at the start.
  private static func heard() -> LocalStanding {
    var standing = LocalStanding(answersWithin: .seconds(180), awake: moment(0))
    standing.says = .ours
    standing.hear(at: moment(0))
    return standing
  }

  @Test(
    "What was read of upstream permits calls that end five seconds before others may take over, by the clock that says more",
    arguments: [(145, 145, true), (146, 146, false), (10, 146, false), (146, 10, false), (10, -300, true)])
  func fresh(boot: Int, wall: Int, isFresh: Bool) {
    #expect(Self.heard().isFresh(for: .seconds(30), now: Self.moment(boot, wall: wall)) == isFresh)
    #expect(Self.heard().allows(.seconds(30), now: Self.moment(boot, wall: wall)) == isFresh)
  }

  @Test("Where upstream does not answer, a process that ran all the while goes on, and one that did not holds until it is heard again")
  func cutOff() {
    var running = Self.heard()
    for second in stride(from: 60, through: 600, by: 60) { running.noteRunning(at: Self.moment(second)) }
    #expect(!running.allows(.seconds(30), now: Self.moment(600)), "before upstream was asked")
    running.noteUnanswered(at: Self.moment(600))
    #expect(running.allows(.seconds(30), now: Self.moment(601)))
    #expect(!running.allows(.seconds(30), now: Self.moment(640)), "that it did not answer is no news any more")

    var asleep = Self.heard()
    asleep.noteRunning(at: Self.moment(60))
    asleep.noteRunning(at: Self.moment(600))
    asleep.noteUnanswered(at: Self.moment(600))
    #expect(!asleep.allows(.seconds(30), now: Self.moment(600)))
    for second in [660, 720] { asleep.noteRunning(at: Self.moment(second)) }
    asleep.noteUnanswered(at: Self.moment(720))
    #expect(!asleep.allows(.seconds(30), now: Self.moment(720)))
    asleep.hear(at: Self.moment(59))
    asleep.noteUnanswered(at: Self.moment(721))
    #expect(!asleep.allows(.seconds(30), now: Self.moment(721)), "what was asked before the sleep says nothing of it")
    asleep.hear(at: Self.moment(725))
    #expect(asleep.allows(.seconds(30), now: Self.moment(726)))
  }

  @Test("A permit that was given before a sleep does not count after it, whatever else was known")
  func sleptUnderPermit() {
    var standing = Self.heard()
    standing.noteUnanswered(at: Self.moment(200))
    standing.noteRunning(at: Self.moment(100))
    #expect(standing.allows(.seconds(30), now: Self.moment(201)))
    #expect(!standing.allows(.seconds(30), now: Self.moment(250)))
  }

  @Test("A person's word ends the hold, and that another one was known to publish")
  func word() {
    var standing = Self.heard()
    standing.says = .others(.cameFirst)
    standing.noteRunning(at: Self.moment(600))
    #expect(!standing.allows(.seconds(30), now: Self.moment(600)))
    standing.believeWord(at: Self.moment(600))
    #expect(standing.allows(.seconds(30), now: Self.moment(601)))
  }

  @Test("Others wait for the longest call and a minute at least, for three intervals otherwise, for a day at most")
  func silence() {
    #expect(
      [1, 30, 60, 3600, 40_000].map { DaemonRecord.silence(readingEvery: .seconds($0)) }
        == [90, 90, 180, 10_800, 86_400].map { .seconds($0) })
  }
}
