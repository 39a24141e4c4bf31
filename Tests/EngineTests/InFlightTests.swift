import Schedule
import Testing

@testable import Engine

@Suite("What is in flight")
struct InFlightTests {
  let first: DeliveryID
  let second: DeliveryID

  init() throws {
    let account = try #require(AccountName("acme"))
    first = DeliveryID(post: try #require(PostID("first")), account: account)
    second = DeliveryID(post: try #require(PostID("second")), account: account)
  }

  @Test("One that is prepared ahead takes its place with its call, and is landing from then on until it arrives")
  func way() {
    var inFlight = InFlight(limit: 256)
    inFlight.begin(first, InFlight.Work(task: Task {}, isDeparture: true, isAhead: true))
    inFlight.begin(second, InFlight.Work(task: Task {}, isLanding: true))
    #expect((inFlight.count, inFlight.ahead, inFlight.landing) == (2, 1, 1))
    inFlight.call(first)
    inFlight.take(first)
    #expect((inFlight.count, inFlight.ahead, inFlight.landing) == (2, 0, 2))
    #expect(inFlight.arrive(first)?.isDeparture == true)
    #expect((inFlight.count, inFlight.ahead, inFlight.landing) == (2, 0, 1))
    #expect(inFlight.arrive(first)?.isDeparture == false, "it arrives once")
    #expect(inFlight.end(first)?.isLanding == false)
    #expect(inFlight.end(second)?.isLanding == true)
    #expect((inFlight.isEmpty, inFlight.ahead, inFlight.landing) == (true, 0, 0))
  }

  @Test("One that ends before its call leaves no place taken")
  func early() {
    var inFlight = InFlight(limit: 256)
    inFlight.begin(first, InFlight.Work(task: Task {}, isAhead: true, isLanding: true))
    #expect(inFlight.end(first) != nil)
    #expect(inFlight.end(first) == nil)
    inFlight.call(first)
    #expect((inFlight.isEmpty, inFlight.ahead, inFlight.landing) == (true, 0, 0))
  }
}
