import Foundation
import Support

/// The state directory gets another path while nothing runs on it.
struct Move: Disturbance {
  static let kind = DisturbanceKind.move

  func happen(to site: Site, in world: World, _ chance: Chance) async throws {
    if chance.happens(0.5, "killed") { try await site.kill() } else { try await site.stop(patience: .seconds(40)) }
    let target = world.home.path("\(world.fresh("moved"))/state")
    try world.makeRoom(for: target)
    try FileManager.default.moveItem(atPath: await site.folder, toPath: target)
    await site.settle(in: target)
    try await site.start()
    await world.perhapsTakeOver(site, chance)
  }
}
