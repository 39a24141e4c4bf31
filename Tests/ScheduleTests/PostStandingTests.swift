import Schedule
import Testing

@Suite("Where a post stands")
struct PostStandingTests {
  private let due: Instant
  private let before: Instant
  private let id: PostID
  private let account: AccountName

  init() throws {
    due = try instant("2026-11-27T12:00:00Z")
    before = due - .seconds(3600)
    id = try #require(PostID("launch"))
    account = try #require(AccountName("acme"))
  }

  private func standing(
    _ recorded: DeliveryState.Name? = nil, reason: String? = nil, next: Instant? = nil, recordedAt: Instant? = nil, problem: String? = nil,
    at now: Instant
  ) -> PostStanding? {
    let delivery = PlannedDelivery(
      id: DeliveryID(post: id, account: account), scheduledAt: due, timezone: "UTC", grace: .seconds(3600), hold: nil)
    let post = PlannedPost(
      id: id, path: "schedule/posts/launch.yaml", digest: "1", scheduledTime: "2026-11-27T12:00",
      deliveries: problem == nil ? [delivery] : [],
      accounts: [account], problem: problem)
    let record = recorded.map { state in
      StatusRecord(
        post: id, path: post.path, scheduledAt: recordedAt ?? due,
        deliveries: [.init(account: account, platform: "outbox", state: state, reason: reason, nextAttemptAt: next)])
    }
    return PostStanding.all(of: PlanSide([post], platforms: [account: "outbox"]), recorded: record.map { [$0] } ?? [], now: now).first
  }

  @Test("A post that nothing has happened to has no record, and is scheduled, or held if it has errors")
  func unrecorded() {
    #expect(standing(at: before)?.status.deliveries == [.init(account: account, platform: "outbox", state: .scheduled)])
    let held = standing(problem: "1:1: wrong", at: before)?.status
    #expect(held?.state == .held && held?.deliveries.first?.reason == "1:1: wrong")
  }

  @Test("What was recorded holds, until a new time arms it again")
  func recorded() {
    #expect(standing(.failed, at: due)?.status.state == .failed)
    #expect(standing(.failed, recordedAt: before, at: due)?.status.state == .scheduled)
    #expect(standing(.published, recordedAt: before, at: due)?.status.state == .published)
  }

  @Test("A hold of the content goes with its cause; one that only the daemon knows of stays")
  func holds() {
    #expect(standing(.held, reason: "invalid at 1234: wrong", at: before)?.status.state == .scheduled)
    #expect(standing(.held, reason: "account acme needs a login; run: …", at: before)?.status.state == .held)
  }

  @Test("A post whose file is gone is shown as it was recorded")
  func gone() {
    let record = StatusRecord(
      post: id, path: "schedule/posts/launch.yaml", scheduledAt: due,
      deliveries: [.init(account: account, platform: "outbox", state: .cancelled)])
    let all = PostStanding.all(of: PlanSide([]), recorded: [record], now: before)
    #expect(all.map(\.status) == [record] && all.first?.timezone == nil)
  }

  @Test(
    "A delivery is stuck once it is past its deadline",
    arguments: [
      (DeliveryState.Name.scheduled, 3600, false), (.scheduled, 3601, true), (.publishing, 3601, true), (.retrying, 600, false),
      (.retrying, 661, true), (.inDoubt, 0, true), (.held, 0, false), (.held, 1, true), (.submitted, 3601, false),
      (.submitted, 90_001, true),
      (.published, 99_999, false), (.failed, 99_999, false), (.missed, 99_999, false),
    ])
  func stuck(state: DeliveryState.Name, seconds: Int, isStuck: Bool) {
    let now = due + .seconds(seconds)
    let standing = standing(state, reason: state == .held ? "account acme needs a login" : nil, next: due + .seconds(600), at: now)
    #expect(standing?.stuck(at: now).isEmpty == !isStuck)
  }
}
