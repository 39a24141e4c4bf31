public import Schedule
import Synchronization

extension TikTok {
  public func confirm(_ publication: Publication, steps: [Step], remote: Remote) async -> CommitResult {
    guard let id = remote.id ?? steps.last(where: { $0.name == Self.publishID })?.value else {
      return .unknown(unsettled(publication, "it is not known what TikTok calls it"))
    }
    let status: TikTokStatus
    do throws(DeliveryError) { status = try await self.status(of: id, publication) } catch {
      return error.class == .auth ? .unknown(error) : .submitted(remote)
    }
    let result = outcome(of: status, id, publication, steps)
    if case .submitted = result { return .submitted(remote) }
    sightings.forget(id)
    tools.uploads.forget(publication)
    return result
  }

  /// What a status means for a post that is past its last chunk.
  func outcome(of status: TikTokStatus, _ id: String, _ publication: Publication, _ steps: [Step]) -> CommitResult {
    let isInbox = publication.options["mode"] == .text("inbox")
    switch status.state {
    case .processing: return .submitted(Remote(id: id))
    case .inInbox: return .delivered(Remote(id: nil))
    case .failed(let reason): return .failed(TikTokVerdict(account: publication.id.account).failure(reason: reason))
    case .published where isInbox: return .delivered(Remote(id: status.postID))
    case .published:
      if let post = status.postID { return .published(Remote(id: post, url: url(of: post, publication, steps))) }
      // Only a public post gets an id, after moderation, and now and then none at all.
      guard publication.options["privacy_level"] == .text("PUBLIC_TO_EVERYONE"),
        tools.now() - sightings.first(id, at: tools.now()) < Self.moderation
      else { return .published(Remote(id: nil)) }
      return .submitted(Remote(id: id))
    }
  }

  /// Asks how a post is doing.
  func status(of id: String, _ publication: Publication) async throws(DeliveryError) -> TikTokStatus {
    let data = try await api.ask(.status, ["publish_id": .string(id)], for: publication.id.account, to: "say how the post is doing")
    guard let status = TikTokStatus(data) else {
      throw TikTokVerdict(account: publication.id.account).error(.transient, "status", "did not say how the post is doing")
    }
    return status
  }

  func unsettled(_ publication: Publication, _ what: String) -> DeliveryError {
    DeliveryError(
      .unknown, code: "tiktok.unsettled",
      message: clipped(
        "\(what); look at account \(publication.id.account) in the app, then run: posthorn resolve \(publication.id.post) "
          + "\(publication.id.account) --published or --not-published"))
  }

  private func url(of post: String, _ publication: Publication, _ steps: [Step]) -> String? {
    let name = steps.last { $0.name == "username" }?.value ?? publication.account.handle
    guard let name, name.utf8.allSatisfy({ isAlphanumeric($0) || $0 == 0x2E || $0 == 0x5F }) else { return nil }
    return "https://www.tiktok.com/@\(name)/video/\(post)"
  }

  /// How long a published post is asked for its id.
  private static let moderation = Duration.seconds(600)
}

/// Since when posts are known to be published while their ids are not. In memory: a new process waits once more.
final class Sightings: Sendable {
  private let instants = Mutex<[String: Instant]>([:])

  func first(_ id: String, at now: Instant) -> Instant {
    instants.withLock { instants in
      let first = min(instants[id] ?? now, now)
      instants[id] = first
      return first
    }
  }

  func forget(_ id: String) { instants.withLock { $0[id] = nil } }
}
