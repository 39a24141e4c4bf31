/// The machine loses its power, and comes back without its memory, perhaps before upstream can be reached.
struct Reboot: Disturbance {
  static let kind = DisturbanceKind.reboot

  func happen(to site: Site, in world: World, _ chance: Chance) async throws {
    try await site.kill()
    try await site.machine.restart()
    try await Task.sleep(for: chance.seconds(0...5, "off"))
    try await world.start(site, withoutUpstreamFor: chance.happens(0.3, "offline") ? chance.seconds(3...10, "outage") : nil)
  }
}
