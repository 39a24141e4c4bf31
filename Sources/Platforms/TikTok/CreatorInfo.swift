import Schedule

/// What the creator of an account allows now. Source: TikTok, *Query Creator Info*.
struct CreatorInfo: Equatable, Sendable {
  var username: String?
  var privacyLevels: [String]
  var commentDisabled: Bool
  var duetDisabled: Bool
  var stitchDisabled: Bool
  /// `nil` where TikTok does not say.
  var longestVideo: Duration?

  init?(_ data: JSON) {
    guard let levels = data["privacy_level_options"]?.array else { return nil }
    privacyLevels = levels.compactMap(\.string)
    username = data["creator_username"]?.string
    commentDisabled = data["comment_disabled"]?.bool ?? false
    duetDisabled = data["duet_disabled"]?.bool ?? false
    stitchDisabled = data["stitch_disabled"]?.bool ?? false
    longestVideo = data["max_video_post_duration_sec"]?.int.map { .seconds($0) }
  }
}
