import Schedule
import Testing

@Suite("A plan")
struct PlanTests {
  private let now: Instant
  private let noon: Instant

  init() throws {
    now = try instant("2026-11-24T08:00:00Z")
    noon = try instant("2026-11-27T12:00:00Z")
  }

  private func id(_ text: String = "launch") throws -> PostID { try #require(PostID(text)) }
  private func account(_ text: String = "acme") throws -> AccountName { try #require(AccountName(text)) }

  private func post(
    at instant: Instant? = nil, digest: String = "1", hold: HoldReason? = nil, problem: String? = nil,
    path: String = "schedule/posts/launch.yaml",
    accounts: [String] = ["acme"]
  ) throws -> PlannedPost {
    let names = try accounts.map(account)
    let deliveries = try names.map { name in
      PlannedDelivery(
        id: DeliveryID(post: try id(), account: name), scheduledAt: instant ?? noon, timezone: "UTC", grace: .seconds(3600), hold: hold)
    }
    return PlannedPost(
      id: try id(), path: path, digest: digest, scheduledTime: "2026-11-27T12:00", deliveries: problem == nil ? deliveries : [],
      accounts: names, problem: problem)
  }

  private func kinds(
    _ base: PlannedPost?, _ head: PlannedPost?, _ observed: DeliveryState.Name? = nil
  ) throws -> [Plan.Change.Kind] {
    let states = try observed.map { [DeliveryID(post: try id(), account: try account()): $0] } ?? [:]
    return Plan(from: PlanSide(base.map { [$0] } ?? []), to: PlanSide(head.map { [$0] } ?? []), observed: states, now: now).changes.map(
      \.kind)
  }

  @Test("A post that is new is added, one that is gone is cancelled, one that is the same is nothing")
  func presence() throws {
    #expect(try kinds(nil, post()) == [.add])
    #expect(try kinds(post(), nil) == [.cancel])
    #expect(try kinds(post(), post()) == [])
    #expect(try kinds(post(), post(path: "schedule/posts/2026/launch.yaml")) == [])
  }

  @Test("Another time reschedules, another text edits, another account is a delivery of its own")
  func edits() throws {
    #expect(try kinds(post(), post(at: noon + .seconds(60), digest: "2")) == [.reschedule])
    #expect(try kinds(post(), post(digest: "2")) == [.edit])
    #expect(try kinds(post(), post(digest: "1", accounts: ["acme", "box"])) == [.add])
    #expect(try kinds(post(accounts: ["acme", "box"]), post()) == [.cancel])
  }

  @Test(
    "What went out already drifts, whatever is changed, and its removal is nothing", arguments: [DeliveryState.Name.published, .delivered])
  func drift(state: DeliveryState.Name) throws {
    #expect(try kinds(post(), post(digest: "2"), state) == [.drift])
    #expect(try kinds(post(), post(at: noon + .seconds(60), digest: "2"), state) == [.drift])
    #expect(try kinds(nil, post(), state) == [.drift])
    #expect(try kinds(post(), nil, state) == [])
    #expect(try kinds(post(), post(), state) == [])
  }

  @Test(
    "What may have left already is not called off, held or pending",
    arguments: [DeliveryState.Name.publishing, .submitted, .inDoubt])
  func begun(state: DeliveryState.Name) throws {
    #expect(try kinds(post(), nil, state) == [])
    #expect(try kinds(post(), post(digest: "2", hold: .suspended(reason: nil, until: nil)), state) == [.edit])
    let states = [DeliveryID(post: try id(), account: try account()): state]
    #expect(Plan(pending: PlanSide([try post()]), observed: states, now: now).changes == [])
  }

  @Test("A post that is suspended or has errors is held, and goes out again when that is mended")
  func holds() throws {
    let suspended = HoldReason.suspended(reason: "legal", until: nil)
    #expect(try kinds(post(), post(digest: "2", hold: suspended)) == [.hold])
    #expect(try kinds(post(), post(digest: "2", problem: "1:1: wrong")) == [.hold])
    #expect(try kinds(post(hold: suspended), post(digest: "2")) == [.add])
    #expect(try kinds(nil, post(hold: .suspended(reason: nil, until: now - .seconds(1)))) == [.add])
  }

  @Test("A changed time arms again what had failed; a changed text alone does not")
  func arming() throws {
    let side = PlanSide([try post()])
    let failed = [DeliveryID(post: try id(), account: try account()): DeliveryState.Name.failed]
    let later = Plan(from: side, to: PlanSide([try post(at: noon + .seconds(60), digest: "2")]), observed: failed, now: now)
    #expect(later.changes.map(\.kind) == [.reschedule] && later.changes.first?.to?.state == .scheduled)
    let edited = Plan(from: side, to: PlanSide([try post(digest: "2")]), observed: failed, now: now)
    #expect(edited.changes.first?.to?.state == .failed)
  }

  @Test("Without a range everything that is still to come is added, and nothing that is over")
  func pending() throws {
    func count(_ post: PlannedPost, _ state: DeliveryState.Name? = nil, at now: Instant? = nil) throws -> Int {
      let states = try state.map { [DeliveryID(post: try id(), account: try account()): $0] } ?? [:]
      let changes = Plan(pending: PlanSide([post]), observed: states, now: now ?? self.now).changes
      #expect(changes.allSatisfy { $0.kind == .add && $0.from == nil })
      return changes.count
    }
    #expect(try count(post()) == 1)
    #expect(try count(post(problem: "wrong")) == 1)
    #expect(try count(post(), .published) == 0)
    #expect(try count(post(), .missed) == 0)
    #expect(try count(post(), .retrying, at: noon + .seconds(7200)) == 1)
    #expect(try count(post(), at: noon + .seconds(3600)) == 1)
    #expect(try count(post(), at: noon + .seconds(3601)) == 0)
  }

  @Test("Posts that share an id are held, both of them")
  func duplicates() throws {
    let side = PlanSide([try post(), try post(path: "schedule/posts/other.yaml")])
    let changes = Plan(from: PlanSide([]), to: side, observed: [:], now: now).changes
    #expect(changes.map(\.kind) == [.hold] && changes.first?.reason?.contains("the id launch is also that of") == true)
  }

  @Test("The JSON of a change has both ends, null where there is none")
  func json() throws {
    let plan = Plan(from: PlanSide([]), to: PlanSide([try post()]), observed: [:], now: now)
    #expect(
      plan.json(base: "a", onto: "b", head: nil)
        == [
          "base": "a", "onto": "b", "head": .null,
          "changes": [
            [
              "post": "launch", "path": "schedule/posts/launch.yaml", "account": "acme", "change": "add", "from": .null,
              "to": [
                "scheduled_time": "2026-11-27T12:00", "timezone": "UTC", "scheduled_at": "2026-11-27T12:00:00.000Z", "state": "scheduled",
              ],
            ]
          ],
        ])
  }

  @Test(
    "A distance is told in its two largest units",
    arguments: [
      (0, "now"), (20, "in 20 s"), (-20, "20 s ago"), (273_600, "in 3 d 4 h"), (86_400, "in 1 d"), (86_430, "in 1 d"), (3660, "in 1 h 1 m"),
      (8 * 31_556_952 + 3 * 2_629_746, "in 8 years 3 months"), (100 * 86_400, "in 3 months"),
      (99 * 86_400, "in 99 d"), (31_556_952, "in 1 year"), (-63_113_904, "2 years ago"), (365 * 86_400, "in 1 year"),
      (395 * 86_400, "in 1 year 1 month"),
      (260_236_800 + 3600, "in 8 years 3 months"), (100 * 86_400, "in 3 months"), (99 * 86_400, "in 99 d"), (31_556_952, "in 1 year"),
      (-63_113_904, "2 years ago"), (350 * 86_400, "in 11 months"), (360 * 86_400, "in 1 year"),
      (-7500, "2 h 5 m ago"),
    ])
  func relative(seconds: Int, text: String) { #expect((now + .seconds(seconds)).relative(to: now) == text) }
}
