public import Schedule

extension PlatformSchema {
  /// What TikTok takes: one video, or a row of pictures that it fetches itself; published at once, or handed to the inbox of the account's
  /// owner, who finishes it in the app. Source: TikTok's Content Posting API.
  public static let tiktok = PlatformSchema(
    name: "tiktok", options: TikTokSchema.options, parameters: TikTokSchema.parameters,
    // A user's token may begin 6 posts a minute; a creator may publish about 15 a day, through all apps together.
    limits: .init(perMinute: 6, perDay: 15, concurrent: 1), forms: [TikTokSchema.video, TikTokSchema.photos], rules: TikTokSchema.rules,
    accountRules: TikTokSchema.accountRules)
}

private enum TikTokSchema {
  static let options: [PlatformSchema.Key] = [
    .init(
      "mode", .choice(["direct", "inbox"]), standard: .text("direct"),
      summary: "direct publishes it; inbox hands it to the account's owner, who finishes it in the app"),
    .init(
      "privacy_level", .choice(["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"]),
      summary: "Who sees it; needed with mode: direct, and never chosen for you"),
    .init("disable_comment", .flag, standard: .flag(false), summary: "Nobody may comment on it"),
    .init("disable_duet", .flag, standard: .flag(false), summary: "Nobody may make a duet with the video"),
    .init("disable_stitch", .flag, standard: .flag(false), summary: "Nobody may stitch the video"),
    .init("cover_at", .duration, summary: "The moment of the video that is its cover; the first frame otherwise"),
    .init("brand_content", .flag, standard: .flag(false), summary: "It is a paid partnership with another business"),
    .init("brand_organic", .flag, standard: .flag(false), summary: "It promotes the creator's own business"),
    .init("ai_generated", .flag, standard: .flag(false), summary: "It is labelled as made with artificial intelligence"),
    .init("auto_add_music", .flag, standard: .flag(false), summary: "TikTok adds music to the pictures"),
    .init("cover_index", .number(0...34), standard: .number(0), summary: "The picture that is the cover, counted from 0"),
  ]

  static let parameters: [PlatformSchema.Key] = [
    .init(
      "audited", .flag, standard: .flag(false),
      summary: "TikTok has audited the app that this account logs in to; without that, posts are for the creator alone")
  ]

  static let video = ContentForm(
    "a video",
    media: .init(
      [.mp4, .quicktime, .webm], count: 1...1, bytes: 4_000_000_000, sides: 360...4096,
      film: .init(atMost: .seconds(600), frameRates: 23...60, codecs: [.h264, .h265, .vp8, .vp9])),
    texts: [.init(.caption, atMost: 2200, .utf16)])

  static let photos = ContentForm(
    "a photo post", media: .init([.jpeg, .webp], count: 1...35, bytes: 20_000_000, source: .url),
    texts: [.init(.title, atMost: 90, .utf16), .init(.caption, atMost: 4000, .utf16)])

  static let rules = always + inbox + forms

  private static let always: [OptionRule] = [
    .init(where: direct, .needs("privacy_level"), because: "TikTok asks that a person chooses who sees each post"),
    .init(
      where: direct, account: ["audited": .flag(false)], .allows("privacy_level", .text("SELF_ONLY")),
      because: "an app that TikTok has not audited publishes for the creator alone; once it is audited, "
        + "add audited: true to the account's file"),
    .init(
      where: ["brand_content": .flag(true)], .forbids("privacy_level", .text("SELF_ONLY")),
      because: "a paid partnership cannot be for the creator alone"),
  ]

  /// A video that goes to the inbox carries nothing but itself, pictures carry their texts.
  private static let inbox: [OptionRule] =
    ["privacy_level", "disable_comment", "brand_content", "brand_organic", "auto_add_music"].map {
      .init(where: inInbox, .ignores($0), because: "the account's owner chooses it in the app")
    }
    + ["disable_duet", "disable_stitch", "cover_at", "ai_generated"].map {
      .init(where: inInbox, in: video.name, .ignores($0), because: "the account's owner chooses it in the app")
    }
    + [
      .init(where: inInbox, in: video.name, .ignoresText(.caption), because: "the account's owner writes the caption in the app")
    ]

  private static let forms: [OptionRule] =
    ["disable_duet", "disable_stitch", "cover_at"].map { .init(in: photos.name, .ignores($0), because: "it is for videos") }
    + ["auto_add_music", "cover_index"].map { .init(in: video.name, .ignores($0), because: "it is for pictures") }
    + [
      .init(in: photos.name, .countsMedia("cover_index"), because: "it is the picture that is shown first"),
      .init(where: direct, in: video.name, .liesInFilm("cover_at"), because: "TikTok would take the first frame without a word"),
    ]

  static let accountRules: [AccountRule] = [
    .init(where: direct, .grants("video.publish")), .init(where: inInbox, .grants("video.upload")),
    .init(where: direct, .offers("privacy_level")), .init(where: direct, in: video.name, .takesFilm),
    .init(where: direct, .allows(.comment, unless: "disable_comment")),
    .init(where: direct, in: video.name, .allows(.duet, unless: "disable_duet")),
    .init(where: direct, in: video.name, .allows(.stitch, unless: "disable_stitch")),
  ]

  private static let direct: Options = ["mode": .text("direct")]
  private static let inInbox: Options = ["mode": .text("inbox")]
}
