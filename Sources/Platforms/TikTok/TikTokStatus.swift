import Schedule

/// What TikTok says of a post. Source: TikTok, *Get Post Status*.
struct TikTokStatus: Equatable, Sendable {
  enum State: Equatable, Sendable {
    /// Being uploaded, fetched, or worked on.
    case processing
    /// The creator was told of the draft.
    case inInbox
    case published
    case failed(reason: String)
  }

  var state: State
  /// How many bytes of the upload are there; `nil` where TikTok does not say.
  var uploaded: Int64?
  /// Of a public post, once moderation has ended.
  var postID: String?

  /// `nil` where it is none of the documented states.
  init?(_ data: JSON) {
    switch data["status"]?.string {
    case "PROCESSING_UPLOAD", "PROCESSING_DOWNLOAD": state = .processing
    case "SEND_TO_USER_INBOX": state = .inInbox
    case "PUBLISH_COMPLETE": state = .published
    case "FAILED": state = .failed(reason: data["fail_reason"]?.string ?? "")
    default: return nil
    }
    uploaded = data["uploaded_bytes"]?.int
    postID = Self.postID(data["publicaly_available_post_id"])  // TikTok's spelling
  }

  /// A list of 64-bit numbers; a single one, and texts, have been seen. Never through a floating-point number, which has no room for it.
  private static func postID(_ value: JSON?) -> String? {
    switch value {
    case .array(let values)?: values.lazy.compactMap { postID($0) }.first
    case .int(let number)? where number > 0: "\(number)"
    case .string(let text)? where (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }: text
    default: nil
    }
  }
}
