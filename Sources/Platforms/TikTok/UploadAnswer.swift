import HTTP

/// What came of sending a chunk.
///
/// - Source: TikTok, *Media Transfer Guide*.
enum UploadAnswer: Equatable, Sendable {
  /// It is stored, and more is expected.
  case stored
  /// All is stored, and the video is being published.
  case complete
  /// It is not what is expected next; the server may say how much it has.
  case outOfStep(stored: Int64?)
  /// There is no such upload any more.
  case gone(status: Int)
  /// It will never be accepted.
  case refused(status: Int)
  /// A gateway or the server itself had trouble, or it is no answer to an upload: the same bytes may be sent again.
  case trouble(status: Int)
  case failed(HTTPError)

  init(_ response: Response, size: Int64) {
    switch response.status {
    case 206: self = .stored
    case 201: self = .complete
    case 416: self = .outOfStep(stored: response.headers["content-range"].flatMap { Self.stored($0, size: size) })
    case 403, 404: self = .gone(status: response.status)
    case 408, 429: self = .trouble(status: response.status)
    case 400...499: self = .refused(status: response.status)
    default: self = .trouble(status: response.status)
    }
  }

  /// `bytes 0-{UPLOADED_BYTES}/{TOTAL}`: whether that is a count or the last place is not said, so the one that ends a chunk is taken.
  private static func stored(_ text: String, size: Int64) -> Int64? {
    guard let match = text.wholeMatch(of: /bytes 0-(\d{1,18})\/(\d{1,18})/), Int64(match.2) == size, let number = Int64(match.1) else {
      return nil
    }
    return (number + 1) % ChunkPlan(size: size).chunkSize == 0 ? number + 1 : number
  }
}
