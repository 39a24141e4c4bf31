import Schedule

/// How a publication is doing, its end before its time, and the list of an account's videos. Source: TikTok for Developers: Get Post Status; List Videos.
extension TikTokBooks {
  mutating func status(_ request: TikTokRequest, now: Instant) throws(TikTokRefusal) -> JSON {
    let bearer = try bearer(request, anyOf: ["video.publish", "video.upload"], ("status/fetch", 30), now: now)
    let id = try publication(request, bearer, .status)
    guard var task = tasks[id] else { throw unknownPublication }
    if task.isPosted { task.asked += 1 }
    tasks[id] = task
    let state = state(task)
    var data: [String: JSON] = ["status": .string(state)]
    if let upload = task.upload {
      data["uploaded_bytes"] = .int(upload.stored)
    } else {
      data["downloaded_bytes"] = .int(state == "PROCESSING_DOWNLOAD" ? 0 : 1_000_000)
    }
    if state == "FAILED", let failure = task.failure { data["fail_reason"] = .string(failure) }
    if state == "PUBLISH_COMPLETE", isIDKnown(task), let id = task.post.publicID { data["publicaly_available_post_id"] = written(id) }
    return .object(data)
  }

  mutating func cancel(_ request: TikTokRequest, now: Instant) throws(TikTokRefusal) -> JSON {
    let bearer = try bearer(request, anyOf: ["video.publish", "video.upload"], ("cancel", 30), now: now)
    let id = try publication(request, bearer, .cancel)
    guard let task = tasks[id], state(task).hasPrefix("PROCESSING") else {
      throw TikTokRefusal(400, "publish_not_cancellable", "The publication is final.", .circumstances)
    }
    tasks[id]?.failure = "publish_cancelled"
    fail(id, "publish_cancelled")
    return [:]
  }

  private func state(_ task: Task) -> String {
    if task.failure == "publish_cancelled" { return "FAILED" }
    guard task.isPosted, task.asked > task.moderation.asksUntilDone else {
      return task.upload == nil ? "PROCESSING_DOWNLOAD" : "PROCESSING_UPLOAD"
    }
    if task.failure != nil { return "FAILED" }
    return task.post.mode == .inbox && !task.isDraftFinished ? "SEND_TO_USER_INBOX" : "PUBLISH_COMPLETE"
  }

  private func isIDKnown(_ task: Task) -> Bool {
    guard let more = task.moderation.asksUntilID else { return false }
    return task.asked > task.moderation.asksUntilDone + more
  }

  private func written(_ id: Int64) -> JSON {
    switch settings.postIDs {
    case .numbers: [.int(id)]
    case .scalar: .int(id)
    case .texts: [.string("\(id)")]
    }
  }

  private mutating func publication(_ request: TikTokRequest, _ bearer: Bearer, _ step: TikTokPeer.Step) throws(TikTokRefusal) -> String {
    var body = try TikTokFields(body: request.body)
    guard let id = try body.text("publish_id") else { throw body.missing("publish_id") }
    for name in body.leftOver { breach(step, "unknown key \(name)") }
    guard let task = tasks[id] else { throw unknownPublication }
    guard task.post.openID == bearer.openID else {
      throw TikTokRefusal(400, "token_not_authorized_for_specified_publish_id", "The publish_id belongs to another creator.")
    }
    return id
  }

  private var unknownPublication: TikTokRefusal { TikTokRefusal(400, "invalid_publish_id", "The publish_id does not exist.") }

  mutating func videoList(_ request: TikTokRequest, now: Instant) throws(TikTokRefusal) -> JSON {
    let bearer = try bearer(request, anyOf: ["video.list"], ("video/list", 600), now: now)
    var body = try TikTokFields(body: request.body)
    let cursor = try body.number("cursor") ?? .max
    let count = try body.number("max_count") ?? 10
    guard (1...20).contains(count) else { throw body.wrong("max_count", "is not 1 to 20") }
    for name in body.leftOver { breach(.videoList, "unknown key \(name)") }
    let names = try fields(request)
    let videos = posts.filter { $0.openID == bearer.openID && $0.isPublic && $0.postedAt.milliseconds < cursor }.reversed()
    let page = try videos.prefix(Int(count)).map { post throws(TikTokRefusal) in try video(post, names) }
    let last = videos.prefix(Int(count)).last?.postedAt.milliseconds ?? min(cursor, now.milliseconds)
    return ["videos": .array(page), "cursor": .int(last), "has_more": .bool(videos.count > Int(count))]
  }

  private func video(_ post: TikTokPeer.Post, _ names: [String]) throws(TikTokRefusal) -> JSON {
    let id = post.publicID.map { "\($0)" } ?? ""
    let title = String(post.title?.prefix(150) ?? "")
    let url = "https://www.tiktok.com/@\(creator(post.openID).username)/video/\(id)"
    let fields: [String: JSON] = [
      "id": .string(id), "create_time": .int(post.postedAt.seconds), "cover_image_url": "https://p16.example/cover.webp",
      "share_url": .string(url), "video_description": .string(title), "duration": 0, "height": 1920, "width": 1080, "title": .string(title),
      "embed_html": "", "embed_link": .string(url), "like_count": 0, "comment_count": 0, "share_count": 0, "view_count": 0,
      "is_aigc": post.options["is_aigc"] ?? false,
    ]
    var video: [String: JSON] = [:]
    for name in names {
      guard let value = fields[name] else { throw .parameter("fields: \(name) is not a field") }
      video[name] = value
    }
    return .object(video)
  }
}
