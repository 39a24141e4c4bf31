/// A password or passphrase: printing, interpolating or dumping it gives `***`, and nothing encodes it.
///
/// ``Credential`` is its only way in and libgit2 its only way out. Platforms have a type of their own for what they hold: this target
/// knows nothing of theirs.
public struct Secret: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let text: String

  public init(_ text: String) { self.text = text }

  /// The text itself, for the call that proves who we are.
  func reveal() -> String { text }

  public var description: String { "***" }
  public var debugDescription: String { "***" }
  public var customMirror: Mirror { Mirror(self, children: [:] as KeyValuePairs<String, Any>) }
}
