extension Rule {
  /// Pages of the rules about what a platform takes, and about the files that go with a post.
  var platformPage: RulePage? {
    func post(_ lines: String) -> RulePage.Example {
      .post(
        """
        scheduled_time: 2026-11-27T09:00
        timezone: America/New_York
        accounts: [acme-tiktok]
        options: {tiktok: {privacy_level: SELF_ONLY}}
        \(lines)

        """)
    }
    switch self {
    case .textLength:
      return RulePage(
        "a text that is longer than the platform takes",
        "It is counted in the platform's own unit: characters, UTF-16 units, in which an emoji has two or more, or bytes.",
        bad: post("media: [{url: https://media.example/a.jpg}]\ntitle: " + String(repeating: "🎺", count: 46)),
        good: post("media: [{url: https://media.example/a.jpg}]\ntitle: " + String(repeating: "🎺", count: 45)))
    case .textUnused:
      return RulePage(
        "a text that the platform does not use (warning)",
        "What it publishes there has no place for the text. An empty text in an override says that you know.",
        bad: post("caption: Doors open at nine\noverrides: {acme-tiktok: {options: {mode: inbox, note: x}}}"),
        good: post("caption: Doors open at nine\noverrides: {acme-tiktok: {caption: \"\", options: {mode: inbox, note: x}}}"))
    case .mediaPointer:
      return RulePage(
        "a pointer of Git LFS that is damaged",
        "A sound pointer is fine: the daemon gets the file itself from the LFS server. Of a damaged one nobody knows what it stands for.",
        bad: .lines("media:\n  - path: media/damaged.mp4"), good: .lines("media:\n  - path: media/long.mp4"))
    case .mediaSize:
      return RulePage(
        "a media file that is too large",
        "Files above 32 MB belong into Git LFS: every clone has every version of every plain file. And platforms have limits of their own.",
        bad: .lines("media:\n  - path: media/plain.mp4"), good: .lines("media:\n  - path: media/long.mp4"))
    case .mediaType:
      return RulePage(
        "a media file of a type that the platform does not take",
        "The first bytes of a file tell its type, for a url or a file in Git LFS its name does.",
        bad: post("media:\n  - url: https://media.example/a.png"), good: post("media:\n  - url: https://media.example/a.jpg"))
    case .mediaCount:
      return RulePage(
        "more or fewer media than the platform takes", "The message names the numbers.",
        bad: post("media:\n  - path: media/teaser.mp4\n  - path: media/teaser.mp4"), good: post("media:\n  - path: media/teaser.mp4"))
    case .optionConflict:
      return RulePage(
        "options that cannot stand together", "The hint says why the platform refuses the two.",
        bad: post("overrides: {acme-tiktok: {options: {brand_content: true}}}"),
        good: post("overrides: {acme-tiktok: {options: {brand_content: true, privacy_level: PUBLIC_TO_EVERYONE}}}"))
    default: return nil
    }
  }
}
