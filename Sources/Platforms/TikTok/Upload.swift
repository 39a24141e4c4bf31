import HTTP
import Schedule

/// A video on its way to TikTok, up to its last chunk.
struct Upload: Sendable {
  let tiktok: TikTok
  let publishID: String
  let url: Endpoint

  /// Sends every chunk but the last, one after another. A chunk whose answer was lost is sent again if TikTok says that it is not there.
  func sendAllButLast(of file: LocalMedia, type: MediaType, for publication: Publication) async throws(DeliveryError) {
    let plan = ChunkPlan(size: file.size)
    let verdict = TikTokVerdict(account: publication.id.account)
    var (index, failures) = (0, 0)
    while index < plan.count - 1 {
      let answer = await tiktok.api.put(plan.chunk(index), of: file, type: type, to: url, deadline: Self.deadline)
      var stored: Int64?
      switch answer {
      case .stored:
        (index, failures) = (index + 1, 0)
        continue
      case .outOfStep(let bytes): stored = bytes
      case .trouble, .failed: break
      case .complete: throw verdict.error(.content, "upload.early", "took the video for whole before its last part")
      case .gone(let status):
        throw verdict.error(.transient, "upload.\(status)", "does not know the upload any more (\(status)); it begins anew")
      case .refused(let status): throw verdict.error(.content, "upload.\(status)", "refused a part of the video with \(status)")
      }
      failures += 1
      guard failures < Self.tries else { throw verdict.error(.transient, "upload", "could not take the video: \(answer.words)") }
      await tiktok.tools.pause(tiktok.tools.now() + .seconds(1 << failures))
      if stored == nil { stored = try await tiktok.status(of: publishID, publication).uploaded }
      // Where nobody says how far it is, the same bytes again are what the documentation asks for.
      if let stored { index = min(plan.next(stored: stored), plan.count - 1) }
    }
  }

  private static let tries = 5
  /// For 10 MB: a line that is slower never gets a large video there within the hour.
  private static let deadline = Duration.seconds(300)
}

extension UploadAnswer {
  fileprivate var words: String {
    switch self {
    case .trouble(let status): "it answered \(status)"
    case .failed(let failure): failure.detail
    default: "it is out of step"
    }
  }
}
