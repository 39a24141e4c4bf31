/// A laptop's lid, a paused machine: the daemon stands still and goes on later, perhaps after another one has taken its place.
struct Suspend: Disturbance {
  static let kind = DisturbanceKind.suspend

  func happen(to site: Site, in world: World, _ chance: Chance) async throws {
    await site.suspend()
    if world.claims == .local, world.settings.isPatient, chance.happens(0.35, "is replaced") {
      return try await replace(site, in: world, chance)
    }
    try await Task.sleep(for: Self.isForLong(in: world, chance) ? .seconds(500) : chance.seconds(0.3...14, "long"))
    await site.resume()
  }

  /// What a suspended runner has claimed is somebody else's after seven and a half minutes.
  static func isForLong(in world: World, _ chance: Chance) -> Bool {
    world.claims == .push && world.settings.isPatient && chance.happens(0.1, "for long")
  }

  /// Another directory on another machine takes over while this one stands still.
  private func replace(_ site: Site, in world: World, _ chance: Chance) async throws {
    let heir = try world.newSite(world.fresh("heir"))
    try await heir.start()
    try await world.waitUntil(.seconds(150)) { await heir.log.contains("took over") }
    try await Task.sleep(for: chance.seconds(1...6, "publishes"))
    await site.resume()
    try await Task.sleep(for: chance.seconds(3...12, "both"))
    try await world.keep(one: chance.happens(0.5, "heir") ? heir : site, of: [site, heir], chance)
  }
}
