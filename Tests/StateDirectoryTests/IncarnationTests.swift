import Schedule
import StateDirectory
import Testing

@Suite("The incarnation of a state directory")
struct IncarnationTests {
  @Test("It is made once and stays; another directory has another")
  func once() throws {
    let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
    let first = try Incarnation.of(here.state, now: Instant(seconds: 1000))
    #expect(first.id.count == 32)
    #expect(first.made == Instant(seconds: 1000))
    #expect(try Incarnation.of(here.state, now: Instant(seconds: 2000)) == first)
    #expect(try Incarnation.of(there.state, now: Instant(seconds: 1000)).id != first.id)
  }

  @Test("A damaged one is an error, never replaced by a new one", arguments: ["", "abc 1\n", "0123456789abcdef0123456789abcdeX 1\n"])
  func damaged(text: String) throws {
    let folder = try TemporaryFolder()
    let state = try folder.state
    try put(Array(text.utf8), at: state.path(of: "incarnation"))
    #expect(throws: StateError.self) { try Incarnation.of(state, now: Instant(seconds: 1)) }
    #expect(try state.read("incarnation", limit: 100) == Array(text.utf8))
  }
}

@Suite("What a checkpoint may say that it covers")
struct WatermarkTests {
  @Test("It stops at the first entry that was not applied yet")
  func gaps() {
    var mark = Watermark(covered: 10)
    mark.applied(13..<15)
    #expect(mark.covered == 10)
    mark.applied(11..<12)
    #expect(mark.covered == 11)
    mark.applied(12..<12)
    mark.applied(12..<13)
    #expect(mark.covered == 14)
  }
}
