import Logging
import Schedule

extension Engine {
  /// Whether the zone data is not what every time was computed with. Then they are computed again, and nothing new leaves before that: a time
  /// is that of today's zone data up to the moment of publishing.
  func zonesHaveChanged(now: Instant) -> Bool {
    if newZones != nil { return true }
    guard now < zonesCheckedAt || now >= zonesCheckedAt + Self.zonesInterval else { return false }
    zonesCheckedAt = now
    newZones = freshZones()
    guard newZones != nil else { return false }
    Task { await refreshZones() }
    return true
  }

  func waitForZones(_ id: DeliveryID) { waitingForZones.insert(id) }

  /// Computes every instant again where the zone data changed. What waits for its instant now was computed with the old and begins again.
  func refreshZones() async {
    newZones = newZones ?? freshZones()
    guard let zones = newZones else { return }
    logger.notice("the zone data changed; every time is computed again", metadata: ["from": "\(desired.tzdata)", "to": "\(zones.version)"])
    await saying {
      await content.use(zones)
      await desiredFile.reset()
      if let tip = desired.commit { try await adopt(tip, anew: true) }
      newZones = nil
    }
    let waiting = waitingForZones
    waitingForZones.removeAll()
    consider(waiting)
    pump()
    resumeIdle()
  }

  /// A burst looks at the files once.
  private static let zonesInterval = Duration.seconds(1)
}
