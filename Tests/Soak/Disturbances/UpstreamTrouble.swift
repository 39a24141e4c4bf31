import Support

/// The git server is down, hangs, stalls, or takes pushes and does not say so.
struct UpstreamTrouble: Disturbance {
  static let kind = DisturbanceKind.upstream

  func happen(to site: Site, in world: World, _ chance: Chance) async throws {
    world.relay.set(chance.pick([.down, .silent, .stalling(after: 200), .swallowingPushAnswers], "how"))
    if chance.happens(0.5, "cut") { world.relay.cut() }
    try await Task.sleep(for: chance.seconds(1...15, "long"))
    world.relay.set(.open)
    world.relay.cut()
  }
}
