import Schedule
import Testing

@Suite("The wall clock")
struct ClockTrustTests {
  private static let noon = Instant(seconds: 1_795_780_800)

  private func reading(_ wall: Int64, _ sinceBoot: Int64, boot: String = "a") -> ClockReading {
    ClockReading(wall: Self.noon + .seconds(wall), sinceBoot: .seconds(sinceBoot), boot: boot)
  }

  private func trust(saved: ClockReading? = nil, newestRecord: Instant = .distantPast) -> ClockTrust {
    var earlier = ClockTrust(saved: nil, first: saved ?? reading(0, 1000), newestRecord: .distantPast)
    earlier.leaveUncompared(saved ?? reading(0, 1000))
    return ClockTrust(saved: earlier.saved, first: reading(0, 1000), newestRecord: newestRecord)
  }

  @Test(
    "Only a leap forward of more than five minutes beyond the time that passed is a doubt",
    arguments: [(60, 60, false), (359, 60, false), (361, 60, true), (28_800, 28_800, false), (-7200, 60, false), (31_536_000, 60, true)])
  func leaps(wall: Int64, passed: Int64, isDoubtful: Bool) {
    var trust = trust()
    trust.observe(reading(wall, 1000 + passed), hasSecondClock: true)
    #expect((trust.doubt != nil) == isDoubtful)
  }

  @Test("A clock that was set back to where it belongs is believed again")
  func setBack() {
    var trust = trust()
    trust.observe(reading(31_536_000, 1010), hasSecondClock: true)
    #expect(trust.doubt == .leapt(.seconds(31_535_990)))
    trust.observe(reading(20, 1020), hasSecondClock: true)
    #expect(trust.doubt == nil)
  }

  @Test("A clock behind the newest record is in doubt; two minutes are the difference that hosts may have")
  func behind() {
    var trust = trust(newestRecord: Self.noon + .seconds(600))
    trust.observe(reading(481, 1481), hasSecondClock: false)
    #expect(trust.doubt == nil)
    trust.observe(reading(470, 1470), hasSecondClock: false)
    #expect(trust.doubt == .behind(Self.noon + .seconds(600)))
  }

  @Test("A person who confirms the clock accepts the records that lie in its future, until a newer one comes")
  func accepted() {
    var trust = trust(newestRecord: Self.noon + .seconds(600))
    trust.observe(reading(1, 1001), hasSecondClock: false)
    trust.accept(reading(1, 1001))
    trust.observe(reading(2, 1002), hasSecondClock: false)
    #expect(trust.doubt == nil)
    trust.note(record: Self.noon + .seconds(900))
    trust.observe(reading(3, 1003), hasSecondClock: false)
    #expect(trust.doubt == .behind(Self.noon + .seconds(900)))
  }

  @Test("After a new start of the machine a server is asked where there is one; a clock behind the last one known is always in doubt")
  func restarted() {
    var trust = trust()
    trust.observe(reading(86_400, 5, boot: "b"), hasSecondClock: true)
    #expect(trust.doubt == .restarted)
    trust.observe(reading(86_400, 5, boot: "b"), hasSecondClock: false)
    #expect(trust.doubt == nil)
    var other = self.trust()
    other.observe(reading(-600, 5, boot: "b"), hasSecondClock: false)
    #expect(other.doubt == .behind(Self.noon))
  }

  @Test(
    "A server's clock within two minutes ends the doubt; another one keeps it",
    arguments: [(0, true), (119, true), (-119, true), (121, false), (-3600, false)])
  func compared(difference: Int64, agrees: Bool) {
    var trust = trust()
    let now = reading(31_536_000, 1010)
    trust.observe(now, hasSecondClock: true)
    trust.compare(now, with: now.wall - .seconds(difference))
    trust.observe(reading(31_536_001, 1011), hasSecondClock: true)
    #expect((trust.doubt == nil) == agrees)
  }

  @Test(
    "In a new state directory it is in doubt until a server agrees, or there is none to ask; and nothing is known of it before, not even later",
    arguments: [(Int64?.none, true), (0, true), (60, true), (5400, false), (-5400, false)])
  func fresh(ahead: Int64?, isBelieved: Bool) {
    var trust = ClockTrust(saved: nil, first: reading(0, 1000), newestRecord: .distantPast)
    trust.observe(reading(1, 1001), hasSecondClock: true)
    #expect(trust.doubt == .uncompared && trust.saved == nil)
    if let ahead { trust.compare(reading(2, 1002), with: reading(2 - ahead, 1002).wall) } else { trust.leaveUncompared(reading(2, 1002)) }
    trust.observe(reading(3, 1003), hasSecondClock: true)
    #expect((trust.doubt == nil) == isBelieved && (trust.saved != nil) == isBelieved)
  }

  @Test(
    "In doubt the time is anywhere between what the clock says and what speaks against it",
    arguments: [(5400, 0, 5400), (-5400, 0, 5400)])
  func range(ahead: Int64, earliest: Int64, latest: Int64) {
    var trust = ClockTrust(saved: nil, first: reading(0, 1000), newestRecord: .distantPast)
    let now = reading(ahead > 0 ? ahead : 0, 1000)
    trust.compare(now, with: now.wall - .seconds(ahead))
    #expect(trust.range(now) == Self.noon + .seconds(earliest)...Self.noon + .seconds(latest))
  }

  @Test("What is saved reads back, and anything else is as nothing")
  func saved() throws {
    let saved = try #require(trust(saved: reading(42, 77, boot: "3f2a")).saved)
    #expect(ClockTrust.Saved(text: saved.text) == saved)
    for text in ["", "a 1 2\n", "a 1 2 3", "a x 2 3\n", "a 1 2 3 4\n"] { #expect(ClockTrust.Saved(text: text) == nil) }
  }
}
