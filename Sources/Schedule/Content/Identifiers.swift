/// The identity of a post: `[a-z0-9][a-z0-9._-]{0,127}`, unique in its repository; moving the file keeps it.
public struct PostID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let text: String

  /// `nil` where `text` is not an identifier.
  public init?(_ text: String) {
    guard isIdentifier(text.utf8) else { return nil }
    self.text = text
  }

  public init?(_ text: some StringProtocol) { self.init(String(text)) }

  /// Whether bytes of UTF-8 are an identifier.
  public static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool { isIdentifier(bytes) }

  public var description: String { text }
  public static func < (left: PostID, right: PostID) -> Bool { left.text < right.text }
}

/// The name of an account: the stem of its file under `accounts/`, of the same form as a ``PostID``.
public struct AccountName: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let text: String

  /// `nil` where `text` is not an identifier.
  public init?(_ text: String) {
    guard isIdentifier(text.utf8) else { return nil }
    self.text = text
  }

  public init?(_ text: some StringProtocol) { self.init(String(text)) }

  public var description: String { text }
  public static func < (left: AccountName, right: AccountName) -> Bool { left.text < right.text }
}

/// One post to one account: the unit that is claimed, published, retried and recorded.
public struct DeliveryID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let post: PostID
  public let account: AccountName

  public init(post: PostID, account: AccountName) {
    self.post = post
    self.account = account
  }

  public var description: String { "\(post) to \(account)" }
  public static func < (left: DeliveryID, right: DeliveryID) -> Bool { (left.post, left.account) < (right.post, right.account) }
}

private func isIdentifier(_ bytes: some Collection<UInt8>) -> Bool {
  bytes.withContiguousStorageIfAvailable(isIdentifier) ?? Array(bytes).withUnsafeBufferPointer(isIdentifier)
}

private func isIdentifier(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
  guard let first = bytes.first, bytes.count <= 128 else { return false }
  func isAlphanumeric(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
  return isAlphanumeric(first) && bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
}
