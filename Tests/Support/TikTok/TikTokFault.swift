extension TikTokPeer {
  /// A place at which TikTok can be broken, and what a request was for.
  public enum Step: Hashable, Sendable, CustomStringConvertible {
    case authorize, exchange, refresh, revoke, userInfo, creatorInfo, videoInit, inboxInit, contentInit, status, cancel, videoList
    /// Counted from 1.
    case chunk(Int)
    /// As a place for a fault, and never what a request was for.
    case lastChunk, anyChunk
    /// Something that TikTok has not.
    case unknown

    /// Whether a fault here concerns a request for `step`.
    func covers(_ step: Step, isLast: Bool = false) -> Bool {
      switch (self, step) {
      case (.anyChunk, .chunk): true
      case (.lastChunk, .chunk): isLast
      default: self == step
      }
    }

    public var description: String {
      switch self {
      case .authorize: "authorize"
      case .exchange: "oauth/token (exchange)"
      case .refresh: "oauth/token (refresh)"
      case .revoke: "oauth/revoke"
      case .userInfo: "user/info"
      case .creatorInfo: "creator_info"
      case .videoInit: "video/init"
      case .inboxInit: "inbox/video/init"
      case .contentInit: "content/init"
      case .status: "status/fetch"
      case .cancel: "cancel"
      case .videoList: "video/list"
      case .chunk(let number): "chunk \(number)"
      case .lastChunk: "the last chunk"
      case .anyChunk: "a chunk"
      case .unknown: "nothing that there is"
      }
    }
  }

  /// One thing that goes wrong: `Fault(at: .chunk(2), when: .afterEffect, how: .hangUp)`.
  public struct Fault: Sendable {
    public enum When: Sendable {
      /// The request was read, and nothing comes of it; after `slow` and `held` it goes on as usual.
      case beforeEffect
      /// Of a chunk: half of its bytes were read, and nothing comes of them.
      case midway
      /// Everything happened, and only the answer suffers.
      case afterEffect
    }

    public enum How: Sendable {
      /// An answer of this status, in the envelope of the step.
      case status(Int, code: String = "internal_error", headers: [String: String] = [:])
      /// The connection ends without an answer.
      case hangUp
      case reset
      /// Nothing, until the other side gives up.
      case silence
      /// 200, and something that is not JSON.
      case garbage
      /// The right answer, without its last bytes.
      case cut
      /// The right answer, later.
      case slow(Duration)
      /// The right answer, once the gate is open.
      case held(Gate)
    }

    public var at: Step
    public var when: When
    public var how: How
    public var times: Int

    public init(at: Step, when: When = .beforeEffect, how: How, times: Int = 1) {
      (self.at, self.when, self.how, self.times) = (at, when, how, times)
    }
  }
}
