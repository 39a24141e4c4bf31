import Foundation
import Support

/// What several disturbances do.
extension World {
  /// Starts a daemon, perhaps while upstream cannot be reached for some time.
  func start(_ site: Site, withoutUpstreamFor outage: Duration?) async throws {
    guard let outage else { return try await site.start() }
    relay.set(chance.happens(0.5, "outage of \(site.name)") ? .down : .silent)
    try await site.start()
    try await Task.sleep(for: outage)
    relay.set(.open)
    relay.cut()
  }

  /// A person's word that whoever published before is gone for good.
  func takeOver(_ site: Site) async {
    guard claims == .local else { return }
    for attempt in 1...10 {
      do {
        try await site.posthorn(["resume", "--take-over"], common: options)
        return
      } catch {
        // It may just be starting, and hear nobody yet.
        if attempt == 10 { diary("\(site.name) was not told: \(error)") }
        try? await Task.sleep(for: .milliseconds(500))  // ends early where everything does
      }
    }
  }

  func perhapsTakeOver(_ site: Site, _ chance: Chance) async {
    if !settings.isPatient || chance.happens(0.5, "by word") { await takeOver(site) }
  }

  /// Ends all of several daemons but one, which lives here from now on.
  func keep(one kept: Site, of sites: [Site], _ chance: Chance) async throws {
    diary("\(kept.name) stays of \(sites.map(\.name))")
    for site in sites where site !== kept {
      if chance.happens(0.5, "killed") { try await site.kill() } else { try await site.stop(patience: .seconds(40)) }
      remove(site)
    }
    if !inhabitants.contains(where: { $0 === kept }) { add(kept) }
    await perhapsTakeOver(kept, chance)
  }

  /// Returns once something is so, or after a time: how far a daemon comes is left to it.
  func waitUntil(_ limit: Duration, _ isSo: () async -> Bool) async throws {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end, await !isSo() { try await Task.sleep(for: .milliseconds(200)) }
  }

  /// Makes the folders that a file or folder is to be in.
  func makeRoom(for path: String) throws {
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
  }

  /// Where the daemons stand in etcd.
  var members: String { "posthorn/\(claims.rawValue)-\(number)/members/" }
}
