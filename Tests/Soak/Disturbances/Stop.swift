/// The daemon is asked to stop, perhaps a second time before it has, and started again.
struct Stop: Disturbance {
  static let kind = DisturbanceKind.stop

  func happen(to site: Site, in world: World, _ chance: Chance) async throws {
    try await site.stop(patience: chance.happens(0.4, "twice") ? chance.seconds(0...1, "second") : .seconds(90))
    if chance.happens(0.3, "stays down") { try await Task.sleep(for: chance.seconds(1...8, "down")) }
    try await site.start()
  }
}
