public import Schedule

extension TikTokPeer {
  /// One thing that was posted, or handed to a person's inbox.
  public struct Post: Sendable {
    public enum Mode: Sendable { case direct, inbox }
    public enum Kind: Sendable { case video, photo }
    public enum Fate: Equatable, Sendable {
      case live
      /// Refused after the upload; nobody sees it.
      case failed(String)
    }

    public var publishID: String
    public var openID: String
    public var mode: Mode
    public var kind: Kind
    /// A video's caption, a photo post's title.
    public var title: String?
    /// Of a photo post.
    public var description: String?
    /// All of `post_info`, and what stands beside it.
    public var options: [String: JSON]
    /// Of what was uploaded: lowercase hex, and how many bytes.
    public var sha256: String?
    public var size: Int64?
    public var contentType: String?
    /// What was to be pulled.
    public var urls: [String] = []
    public var initiatedAt: Instant
    public var postedAt: Instant
    public var fate = Fate.live
    /// Of a public post, once it has one.
    public var publicID: Int64?

    public var privacyLevel: String? { options["privacy_level"]?.string }
    /// Only public posts ever have an id that one may know.
    var isPublic: Bool { mode == .direct && privacyLevel == "PUBLIC_TO_EVERYONE" && fate == .live }
  }

  /// Something that the documentation forbids.
  public struct Violation: Sendable, CustomStringConvertible {
    public var step: Step
    public var reason: String
    public var description: String { "\(step): \(reason)" }
  }

  /// One request, and how it was answered.
  public struct Call: Sendable {
    public var step: Step
    public var time: Instant
    public var status: Int
    /// The error's code; `ok` where there was none.
    public var code: String
    /// The access token that it came with.
    public var token: String?
    /// What came between the request and its answer, if a fault was injected.
    public var isFaulty = false
  }
}
