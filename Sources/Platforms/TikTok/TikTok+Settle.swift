public import Schedule

extension TikTok {
  /// Asks what became of the last chunk, and sends the same bytes to the same place again if TikTok says that they are not there. A video or
  /// picture that TikTok fetches has no name by which it could be asked for: only a person can tell.
  public func settle(_ publication: Publication, steps: [Step], committedAt: Instant, within window: CallWindow) async -> CommitResult? {
    guard let id = steps.last(where: { $0.name == Self.publishID })?.value else {
      return .unknown(unsettled(publication, "TikTok cannot be asked about a post without its publish_id"))
    }
    let begun = steps.last { $0.name == Self.begun }.flatMap { Instant($0.value) } ?? committedAt
    let end = tools.now() + Self.patience
    var wait = Duration.seconds(1)
    while true {
      if let result = await look(id, publication, steps, begun: begun, within: window) { return result }
      guard tools.now() < end else {
        tools.uploads.forget(publication)
        break
      }
      let next = tools.now() + wait
      await tools.pause(next)
      guard tools.now() >= next else { break }  // nobody waits any more
      wait = min(wait * 2, .seconds(60))
    }
    return .unknown(unsettled(publication, "TikTok did not say in time what became of it"))
  }

  /// One question; `nil` where it settles nothing yet.
  private func look(
    _ id: String, _ publication: Publication, _ steps: [Step], begun: Instant, within window: CallWindow
  ) async -> CommitResult? {
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
    var isGone = tools.now() - begun > Self.uploadLife
    if !isGone, let url = tools.uploads.url(of: publication).flatMap({ api.uploadURL($0.reveal()) }) {
      switch await putLast(of: file, type: type, to: url, within: window) {
      case .complete: return .submitted(Remote(id: id))
      case .gone: isGone = await isIncomplete(id, publication, file)
      case .stored, .outOfStep, .refused, .trouble, .failed: break
      }
    }
    guard isGone else { return nil }
    tools.uploads.forget(publication)
    // Its place is gone, and it never was whole: nothing can be published any more, so another attempt cannot be the second one.
    return .failed(
      TikTokVerdict(account: publication.id.account).error(
        .transient, "upload.incomplete", "never got the last of the \(file.size) bytes, and takes no more of them; it begins anew"))
  }

  /// Whether TikTok says, after its place was gone, that the video still is not whole.
  private func isIncomplete(_ id: String, _ publication: Publication, _ file: LocalMedia) async -> Bool {
    guard let status = try? await status(of: id, publication), status.state == .processing, let stored = status.uploaded else {
      return false
    }
    return stored < file.size
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
