import Foundation

/// The state directory is lost, and the daemon starts with an empty one, perhaps on another machine.
struct Lose: Disturbance {
  static let kind = DisturbanceKind.lose

  func happen(to site: Site, in world: World, _ chance: Chance) async throws {
    if chance.happens(0.7, "killed") { try await site.kill() } else { try await site.stop(patience: .seconds(40)) }
    try await Self.empty(site, in: world)
    if chance.happens(0.5, "elsewhere") { await site.move(to: try Machine(world.fresh("machine"))) }
    try await site.start()
    await world.perhapsTakeOver(site, chance)
  }

  /// Leaves nothing of a directory but its credentials, as a new one has them too.
  static func empty(_ site: Site, in world: World) async throws {
    let folder = await site.folder
    try FileManager.default.removeItem(atPath: folder)
    try world.prepare(folder)
  }
}
