import Foundation
import Support

/// All worlds of one kind of claims, from their beginning to the verdict.
struct Trial: Sendable {
  let claims: ClaimsKind
  let chance: Chance
  let disturbances: Int
  let deliveries: Int
  let kinds: [DisturbanceKind]
  let worlds: Int
  let only: Int?
  let product: String
  let logs: String

  struct Verdict: Sendable {
    var lines: [String]
    var isKept: Bool
  }

  func run(for limit: Duration, draining patience: Duration) async throws -> Verdict {
    let start = ContinuousClock.now
    let server = try GitDaemon()
    let fleet = claims == .etcd ? try await EtcdFleet() : nil
    let settings = World.Settings(program: product, logs: logs, seals: try await seals(), isPatient: limit > .seconds(60))
    let plans = plans()
    var living: [(world: World, plan: [DisturbanceKind])] = []
    for (number, plan) in plans.enumerated() where only ?? number == number && !plan.isEmpty {
      let world = try await World(
        number, claims: claims, deliveries: (deliveries + plans.count - 1) / plans.count, batches: plan.count, on: server, fleet: fleet,
        chance: chance.of("world \(number)"), settings: settings)
      living.append((world, plan))
    }
    let tally = Tally()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (world, plan) in living {
        group.addTask {
          try await world.live(through: plan, until: start + limit, counting: tally)
        }
      }
      try await group.waitForAll()
    }
    say("claims \(claims.rawValue): disturbed for \((ContinuousClock.now - start).components.seconds) s; draining")
    let verdict = try await drain(living.map(\.world), patience, tally.counts)
    return Verdict(lines: verdict.lines + ["\((ContinuousClock.now - start).components.seconds) s"], isKept: verdict.isKept)
  }

  /// What happens in each world, in order: each kind as often as any other.
  private func plans() -> [[DisturbanceKind]] {
    let possible = DisturbanceKind.all(for: claims).filter { kinds.isEmpty || kinds.contains($0) }
    let rounds = possible.isEmpty ? 0 : (disturbances + possible.count - 1) / possible.count
    let all = (0..<rounds).flatMap { chance.shuffled(possible, "round \($0)") }.prefix(disturbances)
    let count = min(worlds, all.count)
    return (0..<count).map { world in all.indices.filter { $0 % count == world }.map { all[$0] } }
  }

  /// Whether the program knows how to seal its records.
  private func seals() async throws -> Bool {
    let product = product
    return try await onThread { try Support.run([product, "daemon", "--help"]).contains("--seal-key") }
  }
}

// MARK: - The end

extension Trial {
  /// Heals all worlds, waits until nothing is open in any, and judges.
  private func drain(_ worlds: [World], _ patience: Duration, _ counts: [DisturbanceKind: Int]) async throws -> Verdict {
    for world in worlds { await world.heal() }
    let last = worlds.flatMap { $0.timetable.wishes.values }.map(\.due.timeIntervalSinceNow).max() ?? 0
    let end = ContinuousClock.now + max(patience, .seconds(last + 30))
    var books: [Books] = []
    while true {
      books = []
      for world in worlds { books.append(try await world.books()) }
      let open = books.reduce(0) { $0 + $1.violations().count { [.lost, .silent].contains($0.kind) } }
      if open == 0 || ContinuousClock.now >= end { break }
      try await Task.sleep(for: .seconds(2))
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for world in worlds { group.addTask { try await world.end() } }
      try await group.waitForAll()
    }
    // What was recorded while they stopped counts, too.
    books = []
    for world in worlds { books.append(try await world.books()) }
    return verdict(worlds, books, counts)
  }

  private func verdict(_ worlds: [World], _ books: [Books], _ counts: [DisturbanceKind: Int]) -> Verdict {
    var lines: [String] = []
    var totals: [Books.Violation.Kind: Int] = [:]
    var waits = 0
    for (world, books) in zip(worlds, books) {
      let waiting = books.waiting(at: Date())
      waits += waiting.count
      for violation in books.violations(but: waiting) {
        totals[violation.kind, default: 0] += 1
        if totals[violation.kind, default: 0] <= 50 { lines.append("world \(world.number): \(violation)") }
      }
      lines += world.surprises.prefix(10)
    }
    let surprises = worlds.reduce(0) { $0 + $1.surprises.count }
    let states = books.reduce(into: [String: Int]()) { states, books in
      for delivery in books.asked.keys { states[books.upstream[delivery]?.final ?? "unknown", default: 0] += 1 }
    }
    let deliveries = books.reduce(0) { $0 + $1.asked.count }
    let kinds = DisturbanceKind.allCases.filter { counts[$0] != nil }.map { "\($0.rawValue) \(counts[$0, default: 0])" }
    let ends = states.sorted { $0.key < $1.key }.map { "\($0.key.replacing("_", with: " ")) \($0.value)" }
    let faults = Books.Violation.Kind.allCases.map { "\($0.rawValue) \(totals[$0, default: 0])" }
    lines.append(
      "claims \(claims.rawValue), disturbances \(counts.values.reduce(0, +)) (\(kinds.joined(separator: ", "))), deliveries \(deliveries), "
        + "\(ends.joined(separator: ", ")), \(faults.joined(separator: ", ")), fell over \(surprises)"
        + (waits > 0 ? ", still claimed \(waits)" : ""))
    return Verdict(lines: lines, isKept: totals.isEmpty && surprises == 0)
  }
}
