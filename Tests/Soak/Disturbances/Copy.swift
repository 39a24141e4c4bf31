import Support

/// The state directory is copied while its daemon runs, and a second daemon runs on the copy: at another path, or on a clone of the machine, at the
/// same one. Later one of the two is left.
struct Copy: Disturbance {
  static let kind = DisturbanceKind.copy

  func happen(to site: Site, in world: World, _ chance: Chance) async throws {
    let name = world.fresh("copy")
    let folder = world.home.path("\(name)/state")
    try world.makeRoom(for: folder)
    // A copy of files that are being written is of different moments, and may well be refused as damaged.
    if chance.happens(0.7, "still") { try await site.copy(to: folder) } else { try await site.snapshot(to: folder) }
    let isClone = Machine.areApart && chance.happens(0.5, "clone")
    let (machine, place) = await (site.machine, site.place)
    let copy = try world.site(
      name, on: isClone ? try Machine(machine.name) : machine, folder: folder, place: isClone ? place : nil)
    try await copy.start()
    try await Task.sleep(for: chance.seconds(4...20, "both"))
    let isUsable = await copy.gaveUp == nil
    try await world.keep(one: isUsable && chance.happens(0.4, "copy stays") ? copy : site, of: [site, copy], chance)
  }
}
