import Schedule

/// What a post is on TikTok, and the bodies of the calls that publish it. Pure.
struct TikTokPost: Sendable {
  enum Content: Equatable, Sendable {
    /// Sent from here.
    case file(LocalMedia, MediaType)
    /// Fetched by TikTok.
    case video(url: String)
    case photos([String])
  }

  let content: Content
  let isInbox: Bool
  private let title: String?
  private let caption: String?
  private let options: Options

  /// - Throws: class content, where it is none: what `validate` refuses, too.
  init(_ publication: Publication) throws(DeliveryError) {
    (title, caption, options) = (publication.title, publication.caption, publication.options)
    isInbox = options["mode"] == .text("inbox")
    content = try Self.content(of: publication)
    guard isInbox || privacyLevel != nil else {
      throw Self.refusal(
        "privacy", "account \(publication.id.account) needs options.tiktok.privacy_level: who sees it is never chosen for you")
    }
  }

  var privacyLevel: String? {
    guard case .text(let level)? = options["privacy_level"] else { return nil }
    return level
  }

  var call: TikTokAPI.Call {
    if case .photos = content { return .initContent }
    return isInbox ? .initInbox : .initVideo
  }

  /// - Parameter creator: what the creator allows today; needed for what is published at once.
  func body(_ creator: CreatorInfo?) -> JSON {
    switch content {
    case .photos(let urls):
      var body: [String: JSON] = [
        "media_type": "PHOTO", "post_mode": isInbox ? "MEDIA_UPLOAD" : "DIRECT_POST", "post_info": .object(info(creator)),
        "source_info": [
          "source": "PULL_FROM_URL", "photo_images": .array(urls.map(JSON.string)),
          "photo_cover_index": .int(Int64(number("cover_index") ?? 0)),
        ],
      ]
      if flag("ai_generated") { body["is_aigc"] = true }
      return .object(body)
    case .video(let url): return video(["source": "PULL_FROM_URL", "video_url": .string(url)], creator)
    case .file(let file, _):
      let plan = ChunkPlan(size: file.size)
      return video(
        [
          "source": "FILE_UPLOAD", "video_size": .int(file.size), "chunk_size": .int(plan.chunkSize),
          "total_chunk_count": .int(Int64(plan.count)),
        ], creator)
    }
  }

  /// A draft has no words and no choices: its owner makes them in the app.
  private func video(_ source: JSON, _ creator: CreatorInfo?) -> JSON {
    isInbox ? ["source_info": source] : ["post_info": .object(info(creator)), "source_info": source]
  }

  private func info(_ creator: CreatorInfo?) -> [String: JSON] {
    var info: [String: JSON] = [:]
    if case .photos = content {
      info["title"] = title.map(JSON.string)
      info["description"] = caption.map(JSON.string)
      if isInbox { return info }
      info["auto_add_music"] = .bool(flag("auto_add_music"))
    } else {
      info["title"] = caption.map(JSON.string)
      info["disable_duet"] = .bool(flag("disable_duet") || creator?.duetDisabled == true)
      info["disable_stitch"] = .bool(flag("disable_stitch") || creator?.stitchDisabled == true)
      if case .duration(let moment)? = options["cover_at"] { info["video_cover_timestamp_ms"] = .int(Int64(moment / .milliseconds(1))) }
      if flag("ai_generated") { info["is_aigc"] = true }
    }
    info["privacy_level"] = privacyLevel.map(JSON.string)
    info["disable_comment"] = .bool(flag("disable_comment") || creator?.commentDisabled == true)
    info["brand_content_toggle"] = .bool(flag("brand_content"))
    info["brand_organic_toggle"] = .bool(flag("brand_organic"))
    return info
  }

  private func flag(_ name: String) -> Bool { options[name] == .flag(true) }

  private func number(_ name: String) -> Int? {
    guard case .number(let number)? = options[name] else { return nil }
    return number
  }

  private static func content(of publication: Publication) throws(DeliveryError) -> Content {
    var (urls, types): ([String], [MediaType?]) = ([], [])
    for medium in publication.media {
      switch medium.source {
      case .url(let url):
        urls.append(url)
        types.append(MediaType(url: url))
      case .path(let path):
        guard publication.media.count == 1 else {
          throw refusal("media", "a post on TikTok is one video, or pictures that are all given by url; \(path) is neither")
        }
        guard let file = publication.files[path] else {
          throw DeliveryError(.transient, code: "tiktok.media", message: "\(path) is not on this host's disk")
        }
        let type = MediaType(name: path[...])
        guard type?.isVideo != false else { throw refusal("media", "TikTok fetches pictures itself; give \(path) by url") }
        return .file(file, type ?? .mp4)
      }
    }
    guard !urls.isEmpty else { throw refusal("media", "a post on TikTok is a video or pictures, and this one has no media") }
    if urls.count == 1, types[0]?.isVideo != false { return .video(url: urls[0]) }
    // As in validate: what takes so many is a photo post, even where no url says what it is.
    guard types.allSatisfy({ $0?.isVideo != true }) else { throw refusal("media", "a post on TikTok is one video, or pictures alone") }
    return .photos(urls)
  }

  private static func refusal(_ code: String, _ message: String) -> DeliveryError {
    DeliveryError(.content, code: "tiktok.\(code)", message: clipped("\(message); run: posthorn validate"))
  }
}

extension MediaType {
  var isVideo: Bool { self == .mp4 || self == .quicktime || self == .webm }
}
