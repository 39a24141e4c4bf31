import Platforms
import Schedule
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("Places that accounts share")
struct ShareTests {
  private let names = ["a", "b", "c", "d", "e"].compactMap { AccountName($0) }

  @Test(
    "One that is alone has three quarters, each further one three quarters of what is left, and every one has a few whatever others take")
  func shares() {
    var shares = Shares(limit: 256)
    let taken = names.map { name in
      var count = 0
      while shares.allows(name), count < 1000 {
        shares.take(name)
        count += 1
      }
      return count
    }
    #expect(taken == [192, 48, 12, 4, 4])
  }

  @Test("What an account holds beyond its share is not charged to others")
  func beyond() {
    var shares = Shares(limit: 64)
    for _ in 0..<500 { shares.take(names[0]) }
    #expect(!shares.allows(names[0]))
    for _ in 0..<12 {
      #expect(shares.allows(names[1]))
      shares.take(names[1])
    }
  }

  @Test("Of those that wait each account has its turn, and of one account whoever came first")
  func turns() async {
    let (first, second) = (names[0], names[1])
    let line = Line(limit: 1)
    #expect(await line.take(first))
    async let one: Void = line.wait(first, "a1")
    await line.until(waiting: 1)
    async let two: Void = line.wait(first, "a2")
    await line.until(waiting: 2)
    #expect(await line.take(second), "an account always has one")
    async let three: Void = line.wait(second, "b1")
    await line.until(waiting: 3)
    await line.giveBack(first)
    await one
    await line.giveBack(second)
    await three
    await line.giveBack(first)
    await two
    #expect(await line.order == ["a1", "b1", "a2"])
  }

  /// What the engine does with its slots.
  private actor Line {
    private var slots: CallSlots
    private var waiting = 0
    private(set) var order: [String] = []

    init(limit: Int) { slots = CallSlots(limit: limit) }

    func take(_ account: AccountName) -> Bool { slots.take(account) }
    func giveBack(_ account: AccountName) { slots.giveBack(account) }

    func wait(_ account: AccountName, _ name: String) async {
      waiting += 1
      await withCheckedContinuation { slots.wait(account, $0) }
      order.append(name)
    }

    func until(waiting count: Int) async { while waiting < count { await Task.yield() } }
  }
}

@Suite("A receiver that hangs")
struct HangingReceiverTests {
  enum Place: CaseIterable, Sendable { case prepare, commit, settle, confirm }

  @Test(
    "Row 85: a receiver that hangs holds up nobody's posts but its own, wherever it hangs", .timeLimit(.minutes(1)),
    arguments: Place.allCases)
  func others(place: Place) async throws {
    let hanging = HangingPlatform(in: place)
    var files = ["accounts/bad.yaml": "platform: hanging\n"]
    for number in 0..<60 { files["posts/bad-\(number).yaml"] = post(-10).replacing("acme", with: "bad") }
    for number in 0..<4 { files["posts/good-\(number).yaml"] = post(-number) }
    let stage = try Stage(leaps: place == .confirm, others: { _ in [hanging] }, files)
    let engine = try stage.engine(inFlight: 8)
    let pass = Task { try await engine.reconcile() }
    defer { hanging.latch.open() }
    try await eventually("the good account's posts", within: .seconds(120)) { stage.platform.calls.count == 4 }
    #expect(hanging.begun.withLock { $0 } < 60 || place == .settle || place == .confirm)
    hanging.latch.open()
    #expect(try await pass.value.outcomes[.published] == 64)
    #expect(hanging.begun.withLock { $0 } == 60)
  }
}

/// A platform that answers nothing at one place until its latch is opened.
private final class HangingPlatform: Platform {
  static let schema = PlatformSchema(name: "hanging", options: [], parameters: [])
  let latch = Latch()
  let begun = Mutex(0)
  private let place: HangingReceiverTests.Place

  init(in place: HangingReceiverTests.Place) { self.place = place }

  func prepare(_ publication: Publication, remember: @Sendable (Step) async throws -> Void) async throws(DeliveryError) -> Prepared {
    begun.withLock { $0 += 1 }
    await hang(.prepare)
    return Prepared(body: [])
  }

  func commit(_ publication: Publication, _ prepared: Prepared, within window: CallWindow) async -> CommitResult? {
    guard window.isOpen() else { return nil }
    await hang(.commit)
    return switch place {
    case .prepare, .commit: .published(Remote(id: "1"))
    case .settle: .unknown(.lost)
    case .confirm: .submitted(Remote(id: "1"))
    }
  }

  func settle(_ publication: Publication, steps: [Step], committedAt: Instant, within window: CallWindow) async -> CommitResult? {
    await hang(.settle)
    return .published(Remote(id: "1"))
  }

  func confirm(_ publication: Publication, steps: [Step], remote: Remote) async -> CommitResult {
    await hang(.confirm)
    return .published(Remote(id: "1"))
  }

  private func hang(_ here: HangingReceiverTests.Place) async { if here == place { await latch.wait() } }
}

/// Something that tasks wait for, and a test opens.
private final class Latch: Sendable {
  private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

  func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}
