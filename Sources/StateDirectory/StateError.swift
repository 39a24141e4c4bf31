import Glibc

/// What the state directory could not do: facts only, from which ``description`` makes the sentence that people read.
public struct StateError: Error, Equatable, Sendable {
  /// The step that failed, as a verb phrase: "lock", "flush the journal".
  public let step: String
  /// The file or folder it was about.
  public let path: String
  public let reason: Reason

  public enum Reason: Equatable, Sendable {
    /// The system said no; the number is `errno`.
    case system(Int32)
    /// It is there, but it is not something to keep state in. The text says why and what to do.
    case refused(String)
    /// Another daemon holds the lock; nil where it has not said who it is.
    case held(by: Lock.Holder?)
    /// The bytes are not what was written. `setAside` names where the file went, if it was moved.
    case damaged(offset: Int, why: String, setAside: String? = nil)
    /// Too little space is left for anything new; what was begun can still be finished.
    case noRoom(free: Int64, floor: Int64)
    /// More bytes than the limit allows.
    case tooLarge(Int, limit: Int)
    /// The new content is in place, but could not be flushed: a power cut may bring the old one back (F2).
    case unsure(Int32)
    /// A write or flush failed earlier, and nothing is trusted after that (F3). The text is that first failure.
    case stopped(by: String)
    /// The journal was closed.
    case closed
  }

  public init(_ step: String, _ path: String, _ reason: Reason) {
    self.step = step
    self.path = path
    self.reason = reason
  }

  /// The system's error number, where there is one.
  public var errno: Int32? {
    switch reason {
    case .system(let number), .unsure(let number): number
    default: nil
    }
  }

  /// Whether a file is not, to the bit, what was written.
  public var isDamage: Bool {
    guard case .damaged = reason else { return false }
    return true
  }

  /// Whether the system had no space and nothing is unknown about what was done.
  public var isLackOfSpace: Bool { reason == .system(ENOSPC) || reason == .system(EDQUOT) }
}
