extension Rule {
  /// Pages of the rules about what the last sync of an account saw.
  var accountPage: RulePage? {
    func example(options: String, _ creator: String, scopes: String = "\"video.publish\"") -> RulePage.Example {
      let status = """
        {
          "schema": 1, "account": "acme-tiktok", "platform": "tiktok", "synced_at": "2026-10-31T08:00:00.000Z",
          "profile": {"username": "acme"}, "counts": {},
          "creator": {
            "privacy_level_options": ["SELF_ONLY"], "duet_disabled": false, "stitch_disabled": false,
            \(creator)
          },
          "token": {"scopes": [\(scopes)]}
        }

        """
      let post = """
        scheduled_time: 2026-11-27T09:00
        timezone: America/New_York
        accounts: [acme-tiktok]
        options: {tiktok: {\(options)}}
        media: [{path: media/teaser.mp4}]

        """
      return .files([
        (AccountRecord.folder + "/acme-tiktok.json", Array(status.utf8)), ("posts/2026/11/launch-teaser.yaml", Array(post.utf8)),
      ])
    }
    let text = "status/accounts/NAME.json says what the last posthorn account sync saw; without it, nothing is forbidden."
    let usual = #""comment_disabled": false, "max_video_post_duration_sec": 60"#
    switch self {
    case .accountPrivacy:
      return RulePage(
        "a privacy level that the account cannot choose", text, bad: example(options: "privacy_level: PUBLIC_TO_EVERYONE", usual),
        good: example(options: "privacy_level: SELF_ONLY", usual))
    case .accountInteraction:
      let off = #""comment_disabled": true, "max_video_post_duration_sec": 60"#
      return RulePage(
        "comments, duets or stitches that are off for the whole account (warning)", text,
        bad: example(options: "privacy_level: SELF_ONLY", off),
        good: example(options: "privacy_level: SELF_ONLY, disable_comment: true", off))
    case .accountDuration:
      return RulePage(
        "a film that is longer than the account may publish", text,
        bad: example(options: "privacy_level: SELF_ONLY", #""comment_disabled": false, "max_video_post_duration_sec": 5"#),
        good: example(options: "privacy_level: SELF_ONLY", usual))
    case .accountScope:
      return RulePage(
        "a login that was not granted what the post needs", text,
        bad: example(options: "privacy_level: SELF_ONLY", usual, scopes: "\"video.upload\""),
        good: example(options: "privacy_level: SELF_ONLY", usual))
    default: return nil
    }
  }
}
