public import Schedule

extension TikTok {
  /// Asks what became of the last chunk, and sends the same bytes to the same place again if TikTok says that they are not there. A video or
  /// picture that TikTok fetches has no name by which it could be asked for: only a person can tell.
  public func settle(_ publication: Publication, steps: [Step], committedAt: Instant) async -> CommitResult {
    guard let id = steps.last(where: { $0.name == Self.publishID })?.value else {
      return .unknown(unsettled(publication, "the answer was lost, and TikTok cannot be asked about a post without its publish_id"))
    }
    let begun = steps.last { $0.name == Self.begun }.flatMap { Instant($0.value) } ?? committedAt
    let end = tools.now() + Self.patience
    var wait = Duration.seconds(1)
    while true {
      if let result = await look(id, publication, steps, begun: begun) { return result }
      guard tools.now() < end else { break }
      let next = tools.now() + wait
      await tools.pause(next)
      guard tools.now() >= next else { break }  // nobody waits any more
      wait = min(wait * 2, .seconds(60))
    }
    return .unknown(unsettled(publication, "the answer was lost, and TikTok did not say in time what became of it"))
  }

  /// One question; `nil` where it settles nothing yet.
  private func look(_ id: String, _ publication: Publication, _ steps: [Step], begun: Instant) async -> CommitResult? {
    let status: TikTokStatus
    do throws(DeliveryError) { status = try await self.status(of: id, publication) } catch {
      return error.class == .auth || error.class == .content ? .unknown(error) : nil
    }
    guard case .processing = status.state else {
      let result = outcome(of: status, id, publication, steps)
      if case .submitted = result {} else { tools.uploads.forget(publication) }
      return result
    }
    // What is uploaded is known by its digest; the size of a file that is not here any more is not, and then it is only asked.
    guard let (file, type) = video(of: publication, steps), let stored = status.uploaded else { return nil }
    if stored >= file.size { return .submitted(Remote(id: id)) }
    let isExpired = tools.now() - begun > Self.uploadLife
    if !isExpired, let url = tools.uploads.url(of: publication).flatMap({ api.uploadURL($0.reveal()) }) {
      if case .submitted = await sendLast(of: file, type: type, to: url, for: publication) { return .submitted(Remote(id: id)) }
      return nil
    }
    guard isExpired else { return nil }
    // Its place is gone, and it never was whole: nothing can be published any more, so another attempt cannot be the second one.
    return .failed(
      TikTokVerdict(account: publication.id.account).error(
        .transient, "upload.incomplete", "got \(stored) of \(file.size) bytes within the hour; it begins anew"))
  }

  private func video(of publication: Publication, _ steps: [Step]) -> (LocalMedia, MediaType)? {
    guard case .file(let file, let type)? = try? TikTokPost(publication).content,  // a file that is not here is asked about only
      steps.contains(Step(name: Self.video, value: file.sha256))
    else { return nil }
    return (file, type)
  }

  /// How long TikTok is asked before a person is.
  private static let patience = Duration.seconds(600)
  /// An upload's place holds for an hour; its clock and ours may differ.
  private static let uploadLife = Duration.seconds(3600 + 300)
}
