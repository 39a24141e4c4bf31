import HTTP
public import Schedule

extension TikTok {
  /// Who the account is on TikTok, its numbers, what its creator allows, and how long its login holds.
  ///
  /// - Source: TikTok, *Get User Info*, *Query Creator Info*; only fields that the login covers are asked for.
  public func observe(_ account: Account) async throws(DeliveryError) -> AccountRecord? {
    let user = try await user(account.name, fields: TikTokFields.of(try tools.login(account.name, tools.origin).scopes))
    // Read after the call, which may have renewed it.
    let login = try tools.login(account.name, tools.origin)
    var creator: CreatorInfo?
    if login.scopes.isEmpty || login.scopes.contains("video.publish") {
      creator = CreatorInfo(try await api.ask(.creatorInfo, .null, for: account.name, to: "say what the creator allows"))
    }
    return AccountRecord(
      account: account.name, platform: Self.schema.name, syncedAt: tools.now(),
      profile: .init(
        username: shown(user["username"]) ?? creator?.username?.printable, displayName: shown(user["display_name"]),
        id: shown(user["open_id"])),
      counts: .init(
        followers: number(user["follower_count"]), following: number(user["following_count"]), likes: number(user["likes_count"]),
        videos: number(user["video_count"])),
      creator: creator.map {
        AccountRecord.Creator(
          privacyLevelOptions: $0.privacyLevels.map(\.printable), commentDisabled: $0.commentDisabled, duetDisabled: $0.duetDisabled,
          stitchDisabled: $0.stitchDisabled, longestVideo: $0.longestVideo.map { max(.zero, min($0, .seconds(31_536_000))) })
      },
      token: .init(expiresAt: login.expiresAt, refreshExpiresAt: login.refreshExpiresAt, scopes: login.scopes.map(\.printable)))
  }

  private func user(_ account: AccountName, fields: [String]) async throws(DeliveryError) -> JSON {
    let answer = try await api.get("/v2/user/info/?fields=\(fields.joined(separator: ","))", for: account)
    guard case .data(let data) = answer, let user = data["user"] else {
      throw TikTokVerdict(account: account).error(answer, doing: "say who the account is")
    }
    return user
  }

  /// What anybody may call themselves goes into a file of ours: bounded, and without what cannot be seen.
  private func shown(_ value: JSON?) -> String? { value?.string.map { String($0.prefix(256)).printable } }

  private func number(_ value: JSON?) -> Int? { value?.int.flatMap { Int(exactly: $0) } }
}

/// Fields of the user, by what was granted.
private enum TikTokFields {
  static func of(_ scopes: [String]) -> [String] {
    ["open_id", "display_name"] + (scopes.contains("user.info.profile") ? ["username"] : [])
      + (scopes.contains("user.info.stats") ? ["follower_count", "following_count", "likes_count", "video_count"] : [])
  }
}
