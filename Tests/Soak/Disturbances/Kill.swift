/// The daemon is killed at any moment of its life, and started again sooner or later.
struct Kill: Disturbance {
  static let kind = DisturbanceKind.kill

  func happen(to site: Site, in world: World, _ chance: Chance) async throws {
    try await Task.sleep(for: chance.seconds(0...2, "moment"))
    try await site.kill()
    if chance.happens(0.3, "stays down") { try await Task.sleep(for: chance.seconds(1...8, "down")) }
    try await site.start()
    guard chance.happens(0.3, "again") else { return }
    try await Task.sleep(for: chance.seconds(0...0.6, "early"))  // Some hardly get to start.
    try await site.kill()
    try await site.start()
  }
}
