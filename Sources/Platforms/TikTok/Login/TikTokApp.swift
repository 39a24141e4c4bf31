/// The developer's app that an account is logged in through.
public struct TikTokApp: Equatable, Sendable {
  /// Public: it stands in the address that a browser opens.
  public let key: String
  let secret: Secret

  /// `nil` where one of them is nothing that TikTok hands out.
  public init?(key: String, secret: Secret) {
    guard [key, secret.reveal()].allSatisfy({ (1...256).contains($0.utf8.count) && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }) else {
      return nil
    }
    (self.key, self.secret) = (key, secret)
  }
}
