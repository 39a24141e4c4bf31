import Engine
import Platforms
import Schedule
import Synchronization
import Testing

@Suite("A wait ends when its attempt may begin")
struct WaitTests {
  /// A platform whose preparation takes minutes, and may be refused.
  private final class SlowPlatform: Platform {
    static let schema = PlatformSchema(name: "slow", options: [], parameters: [])
    static let preparation = Duration.seconds(120)

    private let state = Mutex<(refusals: [DeliveryError], begun: [Instant])>(([], []))
    private let now: @Sendable () -> Instant

    init(now: @escaping @Sendable () -> Instant) { self.now = now }

    /// How the next preparations end; after the last, they succeed.
    func refuse(_ errors: [DeliveryError]) { state.withLock { $0.refusals = errors } }
    /// When each preparation began.
    var begun: [Instant] { state.withLock { $0.begun } }

    func prepare(_ publication: Publication, remember: @Sendable (Step) async throws -> Void) async throws(DeliveryError) -> Prepared {
      let refusal = state.withLock { state -> DeliveryError? in
        state.begun.append(now())
        return state.refusals.isEmpty ? nil : state.refusals.removeFirst()
      }
      if let refusal { throw refusal }
      return Prepared(body: [])
    }

    func commit(_ publication: Publication, _ prepared: Prepared, within window: CallWindow) async -> CommitResult? {
      window.isOpen() ? .published(Remote(id: "1")) : nil
    }

    func settle(_ publication: Publication, steps: [Step], committedAt: Instant, within window: CallWindow) async -> CommitResult? {
      .unknown(.lost)
    }

    func confirm(_ publication: Publication, steps: [Step], remote: Remote) async -> CommitResult { .submitted(remote) }
  }

  enum Refusal: CaseIterable, CustomTestStringConvertible {
    case quota, busy

    var error: DeliveryError {
      switch self {
      case .quota: DeliveryError(.quota, code: "http.429", message: "slow down", retryAfter: .seconds(1))
      case .busy: .busy
      }
    }
    var testDescription: String { self == .quota ? "a quota of a second" : "busy" }
  }

  @Test(
    "What was refused before its instant or after it is not begun again before its wait is over, however long its preparation takes",
    arguments: Refusal.allCases, [ClaimsChoice.local, .push])
  func waits(refusal: Refusal, claims: ClaimsChoice) async throws {
    let slow = Mutex<SlowPlatform?>(nil)
    let stage = try Stage(
      leaps: true,
      others: { time in
        let platform = SlowPlatform(now: { time.now })
        slow.withLock { $0 = platform }
        return [platform]
      }, ["accounts/slow.yaml": "platform: slow\n", "posts/launch.yaml": post(110, "grace: 2h").replacing("[acme]", with: "[slow]")])
    let platform = try #require(slow.withLock { $0 })
    platform.refuse([refusal.error, refusal.error, refusal.error])
    // It is due in 110 seconds, and its preparation may begin 120 before that. The clock leaps to whatever is waited for.
    for _ in 1...4 { try await stage.pass(after: .seconds(1), claims: claims) }
    let waits = refusal == .quota ? [110, 1, 1] : [300, 900, 1800]
    let expected = waits.reduce(into: [Instant.noon]) { $0.append(($0.last ?? .noon) + .seconds($1)) }
    #expect(
      platform.begun.count == 4 && zip(platform.begun, expected).allSatisfy { $0 >= $1 && $0 < $1 + .seconds(5) }, "\(platform.begun)")
    #expect(zip(platform.begun.dropFirst(), platform.begun.dropFirst(2)).allSatisfy { $1 - $0 >= .seconds(refusal == .quota ? 1 : 300) })
    #expect(try stage.outcomes() == ["retrying", "retrying", "retrying", "published"])
  }
}
