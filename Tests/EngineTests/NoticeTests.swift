import Engine
import Platforms
import Schedule
import Synchronization
import Testing

@Suite("Many alarms at once")
struct NoticeTests {
  @Test("Everybody is told of everything, eight at a time")
  func bounded() async throws {
    let names = (1...40).map { "p\($0)" }
    let stage = try Stage(
      [
        "accounts/ops.yaml": "platform: stage\n", "posthorn.yaml": "notify: [{on: [missed], account: ops}]\n",
      ].merging(names.map { ("posts/\($0).yaml", post(60)) }) { $1 })
    try await stage.pass()
    try await stage.pass(after: .seconds(86_400))
    #expect(Set(stage.platform.calls.map(\.id)) == Set(names))
    #expect(stage.platform.calls.count == 40)
    #expect((2...8).contains(stage.platform.mostAtOnce))
  }
}

@Suite("What is at risk")
struct RiskTests {
  /// An end of an attempt at `launch`.
  private static func refusal(_ code: String, _ class: DeliveryError.Class = .transient) -> CommitResult {
    .failed(DeliveryError(`class`, code: code, message: code))
  }

  /// What ops hears of it, an attempt a pass, on a disk that stays or one that is new each time.
  private func heard(_ answers: [CommitResult], on occasions: String, isLasting: Bool) async throws -> [String] {
    let mailbox = Mailbox()
    let stage = try Stage(
      others: { _ in [mailbox] },
      [
        "accounts/ops.yaml": "platform: mailbox\n", "posts/launch.yaml": post(0, "grace: 1d"),
        "posthorn.yaml": "retry: {delays: [1s, 1s, 1s]}\nnotify: [{on: [\(occasions)], account: ops}]\n",
      ])
    for (number, answer) in answers.enumerated() {
      stage.platform.answer(answer)
      if isLasting {
        try await stage.pass(after: .seconds(60))
      } else {
        try await stage.pass(after: .seconds(60), by: "runner\(number)", claims: .push)
      }
    }
    #expect(stage.platform.calls.count == answers.count)
    return mailbox.titles
  }

  @Test(
    "A refusal that may pass is told once, however often it is repeated, and its end as any other",
    arguments: ["http.404", "http.423", "http.425"], [true, false])
  func once(code: String, isLasting: Bool) async throws {
    let refusals = Array(repeating: Self.refusal(code), count: 4)
    #expect(
      try await heard(refusals, on: "at_risk, failed", isLasting: isLasting) == ["at_risk: launch to acme", "failed: launch to acme"])
    #expect(try await heard(refusals, on: "failed, held", isLasting: isLasting) == ["failed: launch to acme"])
  }

  @Test("It is told when it first comes, not before, and by what it says; what is busy, asks to wait or is final is not at risk")
  func others() async throws {
    let quota = Self.refusal("http.429", .quota)
    let answers = [Self.refusal("http.503"), quota, Self.refusal("http.404"), Self.refusal("http.425")]
    #expect(try await heard(answers, on: "at_risk", isLasting: true) == ["at_risk: launch to acme"])
    #expect(try await heard([Self.refusal("http.503"), quota], on: "at_risk", isLasting: true).isEmpty)
    #expect(try await heard([Self.refusal("http.404", .content)], on: "at_risk", isLasting: true).isEmpty)
  }
}

/// Takes whatever it is told.
private final class Mailbox: Platform {
  static let schema = PlatformSchema(name: "mailbox", options: [], parameters: [])

  private let got = Mutex<[String]>([])
  var titles: [String] { got.withLock { $0 } }

  func prepare(_ publication: Publication, remember: @Sendable (Step) async throws -> Void) async throws(DeliveryError) -> Prepared {
    Prepared(body: [])
  }

  func commit(_ publication: Publication, _ prepared: Prepared, within window: CallWindow) async -> CommitResult? {
    got.withLock { $0.append(publication.title ?? "") }
    return .published(Remote())
  }

  func settle(_ publication: Publication, steps: [Step], committedAt: Instant, within window: CallWindow) async -> CommitResult? { nil }

  func confirm(_ publication: Publication, steps: [Step], remote: Remote) async -> CommitResult { .published(remote) }
}
