import Git
import LFS
import Logging
import Platforms
import Schedule
import StateDirectory

extension Engine {
  /// Brings the files of a publication to this host's disk, for a platform that reads them. `nil` where the attempt has ended with that.
  func files(of media: MediaReading, for id: DeliveryID, by platform: any Platform) async throws -> [String: LocalMedia]? {
    var files: [String: LocalMedia] = [:]
    for entry in media.entries {
      do throws(MediaFailure) { files[entry.path] = try await file(entry) } catch {
        guard !isStopping else {
          try await giveUp(id)
          return nil
        }
        try requireState()
        var reason = error.error
        reason.message = "\(entry.path): \(reason.message)"
        try await end(id, after: reason)
        return nil
      }
    }
    return files
  }

  func readsFiles(_ platform: String) -> Bool { platforms(platform).map { type(of: $0).readsFiles } ?? false }

  /// Brings the files of a delivery that is due soon, so that its platform need not wait for them. What fails here is for the attempt to say.
  ///
  /// - Returns: `false` where it is too early, and one has to look again.
  func readAhead(_ id: DeliveryID, _ post: DesiredPost, _ delivery: DesiredDelivery, until instant: Instant, now: Instant) -> Bool {
    guard readsFiles(delivery.platform) else { return true }
    guard instant - now <= Self.readingLead else { return false }
    // A single pass ends before it would be of use.
    guard confirmLimit == nil, let catalog = desired.catalog, let account = desired.account(id.account),
      readingAhead.insert(id).inserted
    else { return true }
    Task {
      defer { readingAhead.remove(id) }
      let material = try await content.material(post, delivery: delivery, account: account, catalog: catalog)
      for entry in material.media.entries { _ = try await file(entry) }
    }
    return true
  }

  /// How long before its instant a film sets out: so long does a gigabyte take at ten megabits a second.
  static let readingLead = Duration.seconds(15 * 60)

  /// Those of an attempt's files that are still here: whoever only asks needs no others.
  func filesAtHand(_ intent: Intent, for platform: any Platform) async throws -> [String: LocalMedia] {
    guard type(of: platform).readsFiles else { return [:] }
    var files: [String: LocalMedia] = [:]
    for medium in intent.media {
      if let sha256 = medium.sha256, let local = try await media.present(sha256) { files[medium.path] = local }
    }
    return files
  }

  /// Removes media that nothing pending needs any more. Where that does not work, it costs no more than room.
  func cleanMedia() async throws {
    do { try await media.clean(keeping: neededMedia, unusedFor: Self.longestUnused) } catch {
      try requireState()
      logger.error("media that nothing needs could not be removed", metadata: ["error": "\(error)"])
    }
  }

  private static let longestUnused = Duration.seconds(7 * 86_400)

  private var neededMedia: Set<String> {
    Set(observed.live.values.flatMap { ($0.flight?.intent ?? $0.lastIntent)?.media.compactMap(\.sha256) ?? [] })
  }

  /// One file; where there is no room for it, what nothing pending needs goes first.
  private func file(_ entry: MediaEntry) async throws(MediaFailure) -> LocalMedia {
    do { return try await bring(entry) } catch {
      guard error.isNoRoom else { throw error }
      do { try await media.clean(keeping: neededMedia, unusedFor: .zero) } catch let trouble { throw .host(trouble) }
      return try await bring(entry)
    }
  }

  private func bring(_ entry: MediaEntry) async throws(MediaFailure) -> LocalMedia {
    switch entry.storage {
    case .blob(let blob):
      do {
        if let local = try await media.present(entry.facts.sha256, size: entry.facts.size) { return local }
        return try await media.keep(try await content.mediaBytes(blob), sha256: entry.facts.sha256)
      } catch { throw Self.failure(error) }
    case .lfs(let pointer):
      let places: LFSPlaces
      do { places = try await lfsPlaces() } catch { throw Self.failure(error) }
      return try await media.object(pointer) { [media, mediaAccess, clock, branch = repository.location.branch] path throws(MediaFailure) in
        if let file = places.file(of: pointer.oid) {
          do throws(StateError) { if try await media.copy(file, of: pointer.oid) { return } } catch { throw .host(error) }
        }
        guard let mediaAccess else { throw .delivery(Self.noWay) }
        let downloader = Downloader(send: mediaAccess.send, now: clock.now, isWanted: { media.isWanted })
        do throws(DeliveryError) {
          try await downloader.bring(
            pointer, from: try places.server(mediaAccess.credential, privateHosts: mediaAccess.privateHosts), branch: branch, to: path)
        } catch { throw .delivery(error) }
      }
    }
  }

  /// As the newest commit has it: a server that moved has the objects of old posts too.
  private func lfsPlaces() async throws -> LFSPlaces {
    var places = LFSPlaces()
    if let commit = desired.commit { places = try await content.lfsPlaces(commit) }
    if case .remote(let url, _) = repository.location { places.remote = url }
    return places
  }

  private static func failure(_ error: any Error) -> MediaFailure {
    if let error = error as? StateError { return .host(error) }
    return .delivery(DeliveryError(.transient, code: "media.unreadable", message: "it could not be read from the repository: \(error)"))
  }

  private static let noWay = DeliveryError(
    .transient, code: "lfs.nowhere", message: "it is in Git LFS, and this host was given no way to a server of Git LFS")
}
