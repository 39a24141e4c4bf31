import Schedule

/// From a request that is right to a publication: the caps, its name, and the instant at which it is out.
extension TikTokBooks {
  /// Gives it its name, and a place for its bytes where they are uploaded.
  mutating func begin(
    _ post: TikTokPeer.Post, _ source: Source, _ step: TikTokPeer.Step, now: Instant
  ) throws(TikTokRefusal) -> JSON {
    var post = post
    try checkRoom(post, step, now: now)
    let kind = post.kind == .photo ? "p_pub" : post.mode == .direct ? "v_pub" : "v_inbox"
    switch source {
    case .file(let plan):
      post.publishID = word("\(kind)_file~v2-1.", isSecret: false)
      let token = word("canary-upload-")
      let upload = Upload(token: token, plan: plan, expires: now + settings.uploadLife)
      post.size = plan.size
      tasks[post.publishID] = Task(post: post, upload: upload, moderation: settings.moderation)
      uploads[token] = post.publishID
      return [
        "publish_id": .string(post.publishID),
        "upload_url": .string("\(origin)/video/?upload_id=\(upload.id)&upload_token=\(token)"),
      ]
    case .urls(let urls):
      post.publishID = word("\(kind)_url~v2.", isSecret: false)
      post.urls = urls
      tasks[post.publishID] = Task(post: post, moderation: settings.moderation)
      self.post(post.publishID, now: now)
      return ["publish_id": .string(post.publishID)]
    }
  }

  /// Caps, and for a direct post the question that comes before it.
  private mutating func checkRoom(_ post: TikTokPeer.Post, _ step: TikTokPeer.Step, now: Instant) throws(TikTokRefusal) {
    let creator = creator(post.openID)
    if post.mode == .direct {
      if let told = told[post.openID], told.time > now - .seconds(600) {
        if let restriction = told.restriction { breach(step, "creator_info said \(restriction)") }
      } else {
        breach(step, "creator_info was not asked before it")
      }
    }
    if let restriction = creator.restriction {
      throw TikTokRefusal(403, restriction, "The creator cannot make posts now.", .circumstances)
    }
    if post.mode == .direct, isFull(creator, now: now) {
      throw TikTokRefusal(403, "spam_risk_too_many_posts", "The daily post cap from the API is reached.", .circumstances)
    }
    if post.mode == .inbox {
      let pending = tasks.values.count {
        $0.isPosted && $0.post.mode == .inbox && $0.post.openID == post.openID && !$0.isDraftFinished && $0.failure == nil
          && $0.post.postedAt > now - .seconds(86_400)
      }
      guard pending < creator.pendingShares else {
        throw TikTokRefusal(403, "spam_risk_too_many_pending_share", "There are 5 pending shares within 24 hours.", .circumstances)
      }
    }
  }

  /// It is out: whatever is asked, answered or lost from here on.
  mutating func post(_ publishID: String, now: Instant) {
    guard var task = tasks[publishID], !task.isPosted else { return }
    task.isPosted = true
    task.post.postedAt = now
    if let failure = task.moderation.failure {
      (task.failure, task.post.fate) = (failure, .failed(failure))
    } else if task.post.isPublic {
      lastNumber += 1
      task.post.publicID = 7_577_000_000_000_000_123 + Int64(lastNumber) * 7919
    }
    tasks[publishID] = task
    posts.append(task.post)
  }

  mutating func moderate(_ publishID: String, _ moderation: TikTokPeer.Moderation) {
    tasks[publishID]?.moderation = moderation
    guard let task = tasks[publishID], task.isPosted, let failure = moderation.failure else { return }
    tasks[publishID]?.failure = failure
    fail(publishID, failure)
  }

  mutating func fail(_ publishID: String, _ reason: String) {
    guard let index = posts.firstIndex(where: { $0.publishID == publishID }) else { return }
    posts[index].fate = .failed(reason)
    posts[index].publicID = nil
  }
}

extension TikTokBooks.Upload {
  /// The number in its address.
  var id: String { String(token.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) } % 1_000_000_000) }
}
