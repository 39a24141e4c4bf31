import Schedule

/// The three calls that begin a publication. Source: TikTok for Developers: Direct Post; Upload; Photo; Media Transfer Guide; Content Sharing Guidelines.
extension TikTokBooks {
  mutating func videoInit(_ request: TikTokRequest, now: Instant) throws(TikTokRefusal) -> JSON {
    let bearer = try bearer(request, anyOf: ["video.publish"], (initFamily(.videoInit), 6), now: now)
    var body = try TikTokFields(body: request.body)
    var info = try body.object("post_info")
    var post = draft(bearer, .direct, .video, options: info.all, now: now)
    post.title = try info.text("title", atMost: 2200)
    for name in ["disable_duet", "disable_stitch", "disable_comment", "is_aigc"] { _ = try info.flag(name) }
    if let cover = try info.number("video_cover_timestamp_ms"), !(0...Int64(Int32.max)).contains(cover) {
      breach(.videoInit, "post_info.video_cover_timestamp_ms is no place in a video")
    }
    let privacy = try privacy(&info, bearer, .videoInit)
    try brand(&info, privacy, .videoInit)
    interactions(post, bearer, .videoInit, ["disable_comment", "disable_duet", "disable_stitch"])
    unknown(info.leftOver, .videoInit)
    return try begin(post, try source(&body, .videoInit), .videoInit, now: now)
  }

  mutating func inboxInit(_ request: TikTokRequest, now: Instant) throws(TikTokRefusal) -> JSON {
    let bearer = try bearer(request, anyOf: ["video.upload"], (initFamily(.inboxInit), 6), now: now)
    var body = try TikTokFields(body: request.body)
    return try begin(draft(bearer, .inbox, .video, options: [:], now: now), try source(&body, .inboxInit), .inboxInit, now: now)
  }

  mutating func contentInit(_ request: TikTokRequest, now: Instant) throws(TikTokRefusal) -> JSON {
    var body = try TikTokFields(body: request.body)
    let mode: TikTokPeer.Post.Mode
    switch try body.text("post_mode") {
    case "DIRECT_POST": mode = .direct
    case "MEDIA_UPLOAD": mode = .inbox
    default: throw body.wrong("post_mode", "is neither DIRECT_POST nor MEDIA_UPLOAD")
    }
    let scope = mode == .direct ? "video.publish" : "video.upload"
    let bearer = try bearer(request, anyOf: [scope], (initFamily(.contentInit), 6), now: now)
    guard try body.text("media_type") == "PHOTO" else { throw body.wrong("media_type", "is not PHOTO") }
    let isGenerated = try body.flag("is_aigc")
    var info = try body.object("post_info")
    var post = draft(bearer, mode, .photo, options: info.all, now: now)
    if let isGenerated { post.options["is_aigc"] = .bool(isGenerated) }
    post.title = try info.text("title", atMost: 90)
    post.description = try info.text("description", atMost: 4000)
    if mode == .direct {
      let privacy = try privacy(&info, bearer, .contentInit)
      _ = try info.flag("disable_comment")
      _ = try info.flag("auto_add_music")
      try brand(&info, privacy, .contentInit)
      interactions(post, bearer, .contentInit, ["disable_comment"])
    }
    unknown(info.leftOver, .contentInit)
    let source = try photos(&body, &post)
    return try begin(post, source, .contentInit, now: now)
  }

  // MARK: - post_info

  /// Checks who may see it, and whether the creator can post at all.
  private mutating func privacy(
    _ info: inout TikTokFields, _ bearer: Bearer, _ step: TikTokPeer.Step
  ) throws(TikTokRefusal) -> String {
    guard let level = try info.text("privacy_level") else { throw info.missing("privacy_level") }
    let levels = ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"]
    guard levels.contains(level) else { throw info.wrong("privacy_level", "is none of \(levels.joined(separator: ", "))") }
    if let told = told[bearer.openID], !told.options.contains(level) {
      breach(step, "privacy_level \(level) is not among the options that creator_info gave")
    }
    guard creator(bearer.openID).privacyOptions.contains(level) else {
      throw TikTokRefusal(
        403, "privacy_level_option_mismatch", "privacy_level is not one of the creator's privacy_level_options", .circumstances)
    }
    if !settings.app.isAudited, level != "SELF_ONLY" || !creator(bearer.openID).isPrivate {
      throw TikTokRefusal(
        403, "unaudited_client_can_only_post_to_private_accounts", "The app is not audited: private accounts, SELF_ONLY", .circumstances)
    }
    return level
  }

  /// Both are always sent, and paid partnerships are not for one's own eyes: a client's rules, and no error of the API.
  private mutating func brand(_ info: inout TikTokFields, _ privacy: String, _ step: TikTokPeer.Step) throws(TikTokRefusal) {
    let content = try info.flag("brand_content_toggle")
    if content == nil { breach(step, "post_info.brand_content_toggle is missing") }
    if try info.flag("brand_organic_toggle") == nil, step == .contentInit { breach(step, "post_info.brand_organic_toggle is missing") }
    if content == true, privacy == "SELF_ONLY" { breach(step, "branded content cannot be SELF_ONLY") }
  }

  /// What the account has switched off is not asked for.
  private mutating func interactions(_ post: TikTokPeer.Post, _ bearer: Bearer, _ step: TikTokPeer.Step, _ names: [String]) {
    let creator = creator(bearer.openID)
    let isOff = [
      "disable_comment": creator.commentDisabled, "disable_duet": creator.disablesDuet, "disable_stitch": creator.disablesStitch,
    ]
    for name in names where isOff[name] == true && post.options[name] == .bool(false) {
      breach(step, "post_info.\(name) is false, and the creator has switched that off")
    }
  }

  private mutating func unknown(_ names: [String], _ step: TikTokPeer.Step) {
    for name in names { breach(step, "unknown key \(name)") }
  }

  // MARK: - source_info

  enum Source {
    case file(TikTokChunkPlan)
    case urls([String])
  }

  private mutating func source(_ body: inout TikTokFields, _ step: TikTokPeer.Step) throws(TikTokRefusal) -> Source {
    var info = try body.object("source_info")
    let source: Source
    switch try info.text("source") {
    case "FILE_UPLOAD":
      guard let size = try info.number("video_size") else { throw info.missing("video_size") }
      guard let chunk = try info.number("chunk_size") else { throw info.missing("chunk_size") }
      guard let count = try info.number("total_chunk_count") else { throw info.missing("total_chunk_count") }
      source = .file(try TikTokChunkPlan(size: size, chunk: chunk, count: count))
    case "PULL_FROM_URL":
      guard let url = try info.text("video_url") else { throw info.missing("video_url") }
      try checkURL(url)
      source = .urls([url])
    default: throw info.wrong("source", "is neither FILE_UPLOAD nor PULL_FROM_URL")
    }
    unknown(info.leftOver + body.leftOver, step)
    return source
  }

  private mutating func photos(_ body: inout TikTokFields, _ post: inout TikTokPeer.Post) throws(TikTokRefusal) -> Source {
    var info = try body.object("source_info")
    guard try info.text("source") == "PULL_FROM_URL" else { throw info.wrong("source", "of photos is PULL_FROM_URL") }
    guard let urls = try info.texts("photo_images"), (1...35).contains(urls.count) else {
      throw info.wrong("photo_images", "must be a list of 1 to 35 URLs")
    }
    guard let cover = try info.number("photo_cover_index"), urls.indices.contains(Int(cover)) else {
      throw info.wrong("photo_cover_index", "must be the index of an image, from 0")
    }
    post.options["photo_cover_index"] = .int(cover)
    for url in urls { try checkURL(url) }
    unknown(info.leftOver + body.leftOver, .contentInit)
    return .urls(urls)
  }

  /// https, a host with a name, and one that the app has proved to own.
  private func checkURL(_ url: String) throws(TikTokRefusal) {
    guard let parts = url.wholeMatch(of: /https:\/\/([A-Za-z0-9.-]+)(\/[\x21-\x7e]*)/), !url.contains("#"),
      parts.1.contains(where: \.isLetter)
    else { throw .parameter("\(url) is not an https URL with a domain") }
    let host = parts.1.lowercased()
    let isOwned =
      settings.app.domains.contains { host == $0 || host.hasSuffix(".\($0)") } || settings.app.prefixes.contains { url.hasPrefix($0) }
    guard isOwned else {
      throw TikTokRefusal(403, "url_ownership_unverified", "The URL's domain or prefix is not verified.", .circumstances)
    }
  }

  private func initFamily(_ step: TikTokPeer.Step) -> String { settings.isInitBudgetShared ? "init" : "\(step)" }

  private func draft(
    _ bearer: Bearer, _ mode: TikTokPeer.Post.Mode, _ kind: TikTokPeer.Post.Kind, options: [String: JSON], now: Instant
  ) -> TikTokPeer.Post {
    TikTokPeer.Post(
      publishID: "", openID: bearer.openID, mode: mode, kind: kind, options: options, initiatedAt: now, postedAt: now)
  }
}
