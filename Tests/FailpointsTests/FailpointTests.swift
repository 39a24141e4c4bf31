import Testing

@testable import Failpoints

#if FAILPOINTS
  @Suite("Failpoints")
  struct FailpointTests {
    @Test("One is named with its occasion and what happens there", arguments: Failpoint.allCases)
    func parsed(point: Failpoint) throws {
      let plan = try #require(FailurePlan("\(point.rawValue):2=eio"))
      #expect(plan.point == point)
      #expect(plan.fault == .eio)
      #expect((0..<3).map { _ in plan.isDue() } == [false, true, false])
    }

    @Test(
      "A misspelt one is refused instead of never happening",
      arguments: ["", "commit.flushed", "commit.flush=kill", "commit.flushed=die", "commit.flushed:0=kill", "commit.flushed:x=kill"])
    func misspelt(text: String) { #expect(FailurePlan(text) == nil) }
  }
#endif
