import Crypto
import Schedule

/// Bytes of a video, a chunk at a time. Source: TikTok for Developers, Media Transfer Guide.
extension TikTokBooks {
  /// A chunk that may be read.
  struct Reception {
    var publishID: String
    var index: Int64
    var range: ClosedRange<Int64>
    var contentType: String
    /// Of everything before it.
    var whole: SHA256
    /// It is stored already.
    var isRepeated = false
  }

  /// Which chunk a request is for, counted from 1, as far as that can be told.
  func chunk(of request: TikTokRequest) -> (number: Int, isLast: Bool)? {
    guard let plan = tasks[publishID(request) ?? ""]?.upload?.plan, let range = Self.range(request["content-range"]) else { return nil }
    return (Int(range.first / plan.chunk) + 1, range.last == plan.size - 1)
  }

  private func publishID(_ request: TikTokRequest) -> String? {
    guard let query = TikTokForm.parse(request.query ?? ""), let id = uploads[query["upload_token"] ?? ""],
      query == ["upload_token": query["upload_token"] ?? "", "upload_id": tasks[id]?.upload?.id ?? ""]
    else { return nil }
    return id
  }

  /// Looks at the head; the body comes next where this returns.
  mutating func receive(_ request: TikTokRequest, _ step: TikTokPeer.Step, now: Instant) throws(TikTokRefusal) -> Reception {
    if request["authorization"] != nil { breach(step, "an access token was sent to the upload's host") }
    guard let id = publishID(request), let task = tasks[id], let upload = task.upload else {
      throw TikTokRefusal(404, "", "there is no such upload")
    }
    guard now < upload.expires else { throw TikTokRefusal(403, "", "upload_url is expired", .circumstances) }
    guard task.failure == nil || task.isPosted else { throw TikTokRefusal(404, "", "the upload was cancelled", .circumstances) }
    guard let type = request["content-type"], ["video/mp4", "video/quicktime", "video/webm"].contains(type) else {
      throw TikTokRefusal(400, "", "Content-Type is not that of a video")
    }
    if let first = upload.contentType, first != type { breach(step, "Content-Type was \(first) before") }
    guard let range = Self.range(request["content-range"]), range.total == upload.plan.size else {
      throw TikTokRefusal(400, "", "Content-Range is not bytes FIRST-LAST/\(upload.plan.size)")
    }
    guard let index = upload.plan.index(at: range.first), upload.plan.range(index) == range.first...range.last else {
      throw TikTokRefusal(400, "", "bytes \(range.first)-\(range.last) are no chunk of the plan")
    }
    guard request.contentLength == Int(range.last - range.first + 1) else {
      throw TikTokRefusal(400, "", "Content-Length is not the size of the chunk")
    }
    guard range.first <= upload.stored else { throw outOfStep(upload, .client) }
    return Reception(
      publishID: id, index: index, range: range.first...range.last, contentType: type, whole: upload.whole,
      isRepeated: range.first < upload.stored)
  }

  /// Every byte of it is here.
  mutating func store(
    _ reception: Reception, _ step: TikTokPeer.Step, whole: SHA256, chunk: String, now: Instant
  ) throws(TikTokRefusal) -> TikTokAnswer {
    guard var upload = tasks[reception.publishID]?.upload else { throw TikTokRefusal(404, "", "there is no such upload") }
    if reception.range.lowerBound < upload.stored {
      if upload.chunks[Int(reception.index)] != chunk { breach(step, "the chunk has other bytes than before") }
      // Asking again for the last one is how a lost answer is found out about; before that is no reason to go back.
      if reception.range.upperBound + 1 < upload.stored { breach(step, "the chunk was stored, and one after it as well") }
      guard settings.repeatedChunk == .accepted else { throw outOfStep(upload, .circumstances) }
      return progress(upload)
    }
    upload.stored = reception.range.upperBound + 1
    upload.whole = whole
    upload.chunks.append(chunk)
    upload.contentType = reception.contentType
    tasks[reception.publishID]?.upload = upload
    guard upload.stored == upload.plan.size else { return progress(upload) }
    tasks[reception.publishID]?.post.sha256 = whole.finalize().hex
    tasks[reception.publishID]?.post.contentType = reception.contentType
    post(reception.publishID, now: now)
    return progress(upload)
  }

  private func progress(_ upload: Upload) -> TikTokAnswer {
    TikTokAnswer(status: upload.stored == upload.plan.size ? 201 : 206, headers: ["Content-Range": contentRange(upload)])
  }

  private func outOfStep(_ upload: Upload, _ blame: TikTokRefusal.Blame) -> TikTokRefusal {
    TikTokRefusal(
      416, "", "the next chunk begins at byte \(upload.stored)", blame, headers: ["Content-Range": contentRange(upload)])
  }

  private func contentRange(_ upload: Upload) -> String {
    "bytes 0-\(settings.progressIsCount ? upload.stored : upload.stored - 1)/\(upload.plan.size)"
  }

  private static func range(_ text: String?) -> (first: Int64, last: Int64, total: Int64)? {
    guard let parts = text?.wholeMatch(of: /bytes ([0-9]+)-([0-9]+)\/([0-9]+)/), let first = Int64(parts.1), let last = Int64(parts.2),
      let total = Int64(parts.3), first <= last, last < total
    else { return nil }
    return (first, last, total)
  }
}
