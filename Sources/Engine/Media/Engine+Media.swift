import Git
import LFS
import Logging
import Platforms
import Schedule
import StateDirectory

extension Engine {
  /// Brings the files of a publication to this host's disk, for a platform that reads them. `nil` where the attempt has ended with that.
  func files(of material: Material, for id: DeliveryID, by platform: any Platform) async throws -> [String: LocalMedia]? {
    guard type(of: platform).readsFiles else { return [:] }
    var files: [String: LocalMedia] = [:]
    for entry in material.media.entries {
      do throws(MediaFailure) { files[entry.path] = try await file(entry, commit: material.source.commit) } catch {
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
    let needed = observed.deliveries.values.flatMap { ($0.flight?.intent ?? $0.lastIntent)?.media.compactMap(\.sha256) ?? [] }
    do { try await media.clean(keeping: Set(needed)) } catch {
      try requireState()
      logger.error("media that nothing needs could not be removed", metadata: ["error": "\(error)"])
    }
  }

  private func file(_ entry: MediaEntry, commit: String) async throws(MediaFailure) -> LocalMedia {
    switch entry.storage {
    case .blob(let blob):
      do {
        if let local = try await media.present(entry.sha256, size: entry.size) { return local }
        return try await media.keep(try await content.mediaBytes(blob), sha256: entry.sha256)
      } catch { throw Self.failure(error) }
    case .lfs(let pointer):
      let places: LFSPlaces
      do { places = try await lfsPlaces(commit) } catch { throw Self.failure(error) }
      return try await media.object(pointer) { [media, mediaAccess, clock, branch = repository.location.branch] path throws(MediaFailure) in
        if let file = places.file(of: pointer.oid) {
          do throws(StateError) { if try await media.copy(file, of: pointer.oid) { return } } catch { throw .host(error) }
        }
        guard let mediaAccess else { throw .delivery(Self.noWay) }
        let downloader = Downloader(send: mediaAccess.send, now: clock.now, isWanted: { media.isWanted })
        do throws(DeliveryError) {
          try await downloader.bring(pointer, from: try places.server(mediaAccess.credential), branch: branch, to: path)
        } catch { throw .delivery(error) }
      }
    }
  }

  private func lfsPlaces(_ commit: String) async throws -> LFSPlaces {
    guard let commit = ObjectID(hex: commit) else { preconditionFailure("the source of a post is a commit") }
    var places = try await content.lfsPlaces(commit)
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
