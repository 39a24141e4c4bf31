import Schedule

/// Whom a token stands for, how often it may ask, and what it may know of its account. Source: TikTok for Developers: Get User Info; Query Creator Info; API v2 Rate Limits.
extension TikTokBooks {
  /// The token and the open_id of a request, where it may make this call.
  ///
  /// - Parameter scopes: one of them has to be granted.
  mutating func bearer(
    _ request: TikTokRequest, anyOf scopes: [String], _ limit: (family: String, perMinute: Int), now: Instant
  ) throws(TikTokRefusal) -> Bearer {
    guard let field = request["authorization"], field.hasPrefix("Bearer "), field.utf8.count > 7 else {
      throw TikTokRefusal(401, "access_token_invalid", "Authorization must be: Bearer and the access token")
    }
    let text = String(field.dropFirst(7))
    guard let token = accessTokens[text], !token.isDead, !grants[token.grant].isRevoked, now < token.expires else {
      throw TikTokRefusal(401, "access_token_invalid", "The access token is invalid or not found in the request.", .circumstances)
    }
    use(token.refreshToken)
    let grant = grants[token.grant]
    guard grant.scopes.contains(where: scopes.contains) else {
      throw TikTokRefusal(401, "scope_not_authorized", "The user did not authorize the scope required for completing this request.")
    }
    try count(text, limit, now: now)
    return Bearer(token: text, openID: grant.openID, scopes: grant.scopes)
  }

  struct Bearer {
    var token: String
    var openID: String
    var scopes: [String]
  }

  private mutating func count(_ token: String, _ limit: (family: String, perMinute: Int), now: Instant) throws(TikTokRefusal) {
    let key = "\(limit.family) \(token)"
    let recent = windows[key, default: []].filter { $0 > now - .seconds(60) }
    guard recent.count < limit.perMinute else {
      let wait = (recent.first ?? now) + .seconds(60) - now
      throw TikTokRefusal(
        429, "rate_limit_exceeded", "more than \(limit.perMinute) calls of \(limit.family) in a minute with one token",
        headers: settings.sendsRetryAfter ? ["Retry-After": "\(wait.components.seconds + 1)"] : [:])
    }
    windows[key] = recent + [now]
  }

  mutating func userInfo(_ request: TikTokRequest, now: Instant) throws(TikTokRefusal) -> JSON {
    let bearer = try bearer(request, anyOf: ["user.info.basic"], ("user/info", 600), now: now)
    let creator = creator(bearer.openID)
    let fields: [String: (scope: String, value: JSON)] = [
      "open_id": ("user.info.basic", .string(creator.openID)), "union_id": ("user.info.basic", .string(creator.unionID)),
      "avatar_url": ("user.info.basic", "https://p16.example/avatar.webp"),
      "avatar_url_100": ("user.info.basic", "https://p16.example/avatar100.webp"),
      "avatar_large_url": ("user.info.basic", "https://p16.example/avatar720.webp"),
      "display_name": ("user.info.basic", .string(creator.nickname)),
      "bio_description": ("user.info.profile", ""),
      "profile_deep_link": ("user.info.profile", .string("https://vm.tiktok.com/\(creator.username)")),
      "is_verified": ("user.info.profile", false), "username": ("user.info.profile", .string(creator.username)),
      "follower_count": ("user.info.stats", 12), "following_count": ("user.info.stats", 3), "likes_count": ("user.info.stats", 45),
      "video_count": ("user.info.stats", .int(Int64(posts.count { $0.openID == creator.openID && $0.isPublic }))),
    ]
    var user: [String: JSON] = [:]
    for name in try self.fields(request) {
      guard let field = fields[name] else { throw .parameter("fields: \(name) is not a field") }
      guard bearer.scopes.contains(field.scope) else {
        throw TikTokRefusal(401, "scope_not_authorized", "fields: \(name) needs the scope \(field.scope)")
      }
      user[name] = field.value
    }
    return ["user": .object(user)]
  }

  mutating func creatorInfo(_ request: TikTokRequest, now: Instant) throws(TikTokRefusal) -> JSON {
    let bearer = try bearer(request, anyOf: ["video.publish"], ("creator_info", 20), now: now)
    if !request.body.isEmpty { breach(.creatorInfo, "it has no body") }
    let creator = creator(bearer.openID)
    let restriction = creator.restriction ?? (isFull(creator, now: now) ? "spam_risk_too_many_posts" : nil)
    told[bearer.openID] = Told(time: now, options: creator.privacyOptions, restriction: restriction)
    if let restriction {  // with status 200, on purpose
      throw TikTokRefusal(200, restriction, "The creator cannot make posts now.", .circumstances)
    }
    return [
      "creator_avatar_url": "https://p16.example/avatar.webp", "creator_username": .string(creator.username),
      "creator_nickname": .string(creator.nickname), "privacy_level_options": .array(creator.privacyOptions.map(JSON.string)),
      "comment_disabled": .bool(creator.commentDisabled), "duet_disabled": .bool(creator.disablesDuet),
      "stitch_disabled": .bool(creator.disablesStitch), "max_video_post_duration_sec": .int(creator.longestVideo),
    ]
  }

  /// Whether it has as many direct posts within 24 hours as it may.
  func isFull(_ creator: TikTokPeer.Creator, now: Instant) -> Bool {
    let posts = posts.count { $0.openID == creator.openID && $0.mode == .direct && $0.postedAt > now - .seconds(86_400) }
    return posts >= creator.dailyPosts
  }

  /// The list in the query of a call that has `fields` there and nothing else.
  func fields(_ request: TikTokRequest) throws(TikTokRefusal) -> [String] {
    guard let query = TikTokForm.parse(request.query ?? ""), Array(query.keys) == ["fields"], let list = query["fields"] else {
      throw .parameter("the query must be fields and nothing else")
    }
    let names = list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard Set(names).count == names.count else { throw .parameter("fields: a name stands twice") }
    return names
  }
}
