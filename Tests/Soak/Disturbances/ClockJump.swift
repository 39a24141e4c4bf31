import Support

/// The machine's clock is wrong by minutes or hours: it jumps while the daemon runs, or is wrong from its start. Later it is right again.
struct ClockJump: Disturbance {
  static let kind = DisturbanceKind.clock

  func happen(to site: Site, in world: World, _ chance: Chance) async throws {
    let minutes = Int(chance.number(in: 6...120, "far")) * (chance.happens(0.7, "ahead") ? 1 : -1)
    let isWrongAtStart = chance.happens(0.5, "at the start")
    let clock = try FakeClock(world.home.path("\(world.fresh("clock")).time"), ahead: isWrongAtStart ? minutes * 60 : 0)
    try await site.kill()
    if isWrongAtStart, chance.happens(0.3, "fresh") { try await Lose.empty(site, in: world) }
    try await site.start(by: clock)
    try await Task.sleep(for: chance.seconds(2...6, "before"))
    try clock.set(ahead: minutes * 60)
    try await Task.sleep(for: chance.seconds(3...15, "wrong"))
    try clock.set(ahead: 0)
    try await Task.sleep(for: chance.seconds(1...4, "after"))
    // From here on it lives by the machine's own again.
    if chance.happens(0.5, "killed") { try await site.kill() } else { try await site.stop(patience: .seconds(40)) }
    try await site.start()
  }
}
