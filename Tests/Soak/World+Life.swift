import Foundation
import Support
import Synchronization

extension World {
  var people: Pusher { Pusher(upstream: repository.upstream) }

  /// Starts the daemons, and does to them what `plan` says, while people push posts.
  func live(through plan: [DisturbanceKind], until end: ContinuousClock.Instant, counting tally: Tally) async throws {
    try await begin()
    let own = Tally()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.push(during: own, of: plan.count) }
      for (number, kind) in plan.enumerated() {
        guard ContinuousClock.now < end else { break }
        let chance = chance.of("disturbance \(number)")
        try await Task.sleep(for: chance.seconds(0...1.5, "before"))
        let site = try await reserve(for: kind, chance)
        let tallies = [own, tally]
        if kind.happensBeside(in: self, chance) {
          group.addTask { try await self.disturb(site, kind, chance, tallies) }
        } else {
          try await disturb(site, kind, chance, tallies)
        }
      }
      own.end()
      try await group.waitForAll()
    }
  }

  /// Starts the daemons, and waits until the repository has a past: of one without records a new state directory may believe that nothing was
  /// ever published from it.
  private func begin() async throws {
    for site in inhabitants { try await site.start() }
    _ = try await onThread { [self] in try people.push(timetable.first()) }
    try await waitUntil(.seconds(300)) { (try? await self.books().upstream.values.contains { $0.final == "published" }) ?? false }
  }

  private func disturb(_ site: Site, _ kind: DisturbanceKind, _ chance: Chance, _ tallies: [Tally]) async throws {
    diary("\(kind.rawValue) \(site.name)")
    do { try await kind.disturbance.happen(to: site, in: self, chance) } catch {
      note("\(kind.rawValue) of \(site.name) could not be brought to its end: \(error)")
      await site.resume()
      try await site.ensureStarted()
    }
    if kind.isOfSite { busy.withLock { _ = $0.remove(ObjectIdentifier(site)) } }
    for tally in tallies { tally.count(kind) }
  }

  /// A site that nothing else happens to meanwhile, if what happens is to it.
  private func reserve(for kind: DisturbanceKind, _ chance: Chance) async throws -> Site {
    guard kind.isOfSite else { return chance.pick(inhabitants, "whom") }
    while true {
      let site = busy.withLock { busy -> Site? in
        let free = inhabitants.filter { !busy.contains(ObjectIdentifier($0)) }
        guard !free.isEmpty else { return nil }
        let site = chance.pick(free, "whom")
        busy.insert(ObjectIdentifier(site))
        return site
      }
      if let site { return site }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Pushes the posts, a batch at a time as life goes on, and other people's work in between.
  private func push(during life: Tally, of disturbances: Int) async throws {
    for (number, batch) in timetable.batches.enumerated() {
      while life.share(of: disturbances) < Double(number) / Double(timetable.batches.count) {
        try await Task.sleep(for: .milliseconds(50))
      }
      try await onThread { [self] in
        try people.push(timetable.files(of: batch))
        if number.isMultiple(of: 3) { try people.push(["notes/\(number).txt": "\(number)\n"], message: "other work") }
      }
      // Some batches at once are a busy minute; all of them at once would be no life.
      try await Task.sleep(for: .milliseconds(500))
    }
  }

  /// Heals whatever is left of disturbances.
  func heal() async {
    relay.set(.open)
    relay.cut()
    for account in Timetable.accounts { receivers.set(.well, for: account) }
    for site in inhabitants {
      await site.resume()
      if !settings.isPatient { await takeOver(site) }
    }
  }

  /// What everybody's books say now.
  func books() async throws -> Books {
    var books = Books()
    (books.asked, books.arrivals, books.told) = (timetable.wishes, receivers.arrivals, receivers.told)
    return try await onThread { [repository, books] in
      var books = books
      try books.readUpstream(repository)
      return books
    }
  }

  func end() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for site in inhabitants { group.addTask { try await site.stop() } }
      try await group.waitForAll()
    }
    receivers.stop()
    relay.stop()
  }
}
