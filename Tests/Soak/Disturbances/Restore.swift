import Foundation
import Support

/// A backup that was taken earlier is put back over the same path, perhaps where upstream cannot be reached at first.
struct Restore: Disturbance {
  static let kind = DisturbanceKind.restore

  func happen(to site: Site, in world: World, _ chance: Chance) async throws {
    let backup = world.home.path("\(site.name).backup")
    try world.makeRoom(for: backup)
    if !FileManager.default.fileExists(atPath: backup) {
      try await site.copy(to: backup)
      try await Task.sleep(for: chance.seconds(2...10, "age"))
    }
    if chance.happens(0.5, "killed") { try await site.kill() } else { try await site.stop(patience: .seconds(40)) }
    let folder = await site.folder
    try await onThread {
      try FileManager.default.removeItem(atPath: folder)
      try run(["cp", "-a", backup, folder])
      try FileManager.default.removeItem(atPath: backup)
    }
    if chance.happens(0.25, "rebooted") { try await site.machine.restart() }
    try await world.start(site, withoutUpstreamFor: chance.happens(0.3, "offline") ? chance.seconds(3...10, "outage") : nil)
    // The next one goes back as far as here.
    if chance.happens(0.7, "again") {
      try await Task.sleep(for: chance.seconds(0...2, "later"))
      try await site.copy(to: backup)
    }
  }
}
