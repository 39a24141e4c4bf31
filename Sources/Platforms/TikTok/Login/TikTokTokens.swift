import Schedule

/// What the token endpoint hands out. Source: TikTok, *User Access Token Management*.
public struct TikTokTokens: Equatable, Sendable {
  let accessToken: Secret
  let expiresIn: Duration?
  let refreshToken: Secret?
  let refreshExpiresIn: Duration?
  /// What was granted, which may be less than was asked for.
  public let scopes: [String]
  let openID: String?

  /// `nil` where there is no token that can be sent.
  init?(json: JSON) {
    guard let access = json["access_token"]?.string, Self.isToken(access) else { return nil }
    accessToken = Secret(access)
    expiresIn = Self.duration(json["expires_in"])
    refreshToken = json["refresh_token"]?.string.flatMap { Self.isToken($0) ? Secret($0) : nil }
    refreshExpiresIn = Self.duration(json["refresh_expires_in"])
    scopes = (json["scope"]?.string ?? "").split(separator: ",").map(String.init)
    openID = json["open_id"]?.string
  }

  /// It becomes the value of a header.
  static func isToken(_ text: String) -> Bool {
    (1...4096).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }

  static func duration(_ json: JSON?) -> Duration? {
    json?.int.flatMap { (1...Self.mostSeconds).contains($0) ? .seconds($0) : nil }
  }

  /// Ten years: more is nonsense.
  private static let mostSeconds: Int64 = 315_360_000
}
