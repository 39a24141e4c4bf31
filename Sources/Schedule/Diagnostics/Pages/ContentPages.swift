extension Rule {
  /// Pages of the rules about what posts mean: identity, time, accounts, platforms, media. Every rule without a page elsewhere has it here.
  var contentPage: RulePage { identityPage ?? timePage ?? diaryPage ?? platformPage ?? mediaPage ?? accountPage ?? destinationPage }

  private var identityPage: RulePage? {
    switch self {
    case .idFormat:
      RulePage(
        "a name that cannot be an id",
        "Ids and account names are 1 to 128 of a-z, 0-9, \".\", \"_\" and \"-\", the first a letter or digit: they become names of files.",
        bad: .post(ordinaryPost, at: "posts/Launch Teaser.yaml"), good: .post(ordinaryPost, at: "posts/launch-teaser.yaml"))
    case .idDuplicate:
      RulePage(
        "two posts, or two accounts, have one name",
        "The id is what keeps a post from going out twice, so it is unique in the repository, in whatever folder a file is.",
        bad: .files([("posts/a/launch.yaml", Array(ordinaryPost.utf8)), ("posts/b/launch.yaml", Array(ordinaryPost.utf8))]),
        good: .files([
          ("posts/a/launch.yaml", Array(ordinaryPost.utf8)), ("posts/b/launch.yaml", Array((laterPost + "id: launch-b\n").utf8)),
        ]))
    default: nil
    }
  }

  private var timePage: RulePage? {
    func post(_ time: String, _ zone: String? = "America/New_York") -> RulePage.Example {
      .post("scheduled_time: \(time)\n" + (zone.map { "timezone: \($0)\n" } ?? "") + "accounts: [acme]\n")
    }
    switch self {
    case .timeFormat:
      return RulePage(
        "a time that cannot be read", "A time is written year-month-dayThour:minute, seconds and an offset being optional.",
        bad: post("27.11.2026 9:00"), good: post("2026-11-27T09:00"))
    case .timeGap:
      return RulePage(
        "a time that the clocks skip",
        "Where clocks are set forward, an hour of that day never is. Which other hour is meant, only a person can say.",
        bad: post("2027-03-14T02:30"), good: post("2027-03-14T03:00"))
    case .timeFold:
      return RulePage(
        "a time that occurs twice (warning)",
        "Where clocks are set back, an hour of that day comes twice. The first is taken, unless an offset names the other.",
        bad: post("2027-11-07T01:30"), good: post("2027-11-07T01:30-05:00"))
    case .timeOffset:
      return RulePage(
        "an offset that the zone does not have at that time",
        "The offset only chooses between two occurrences; the zone stays what counts.",
        bad: post("2026-11-27T09:00+01:00"), good: post("2026-11-27T09:00-05:00"))
    case .timePast:
      return RulePage(
        "a new post whose time is past", "It would be missed at once. Posts that were there before are not asked.",
        bad: post("2026-10-01T09:00"), good: post("2026-12-01T09:00"))
    case .zoneUnknown:
      return RulePage(
        "a zone that tzdata does not have",
        "Zones are IANA names and links, matched exactly. Abbreviations are not zones: EST has no summer time, and IST is three times.",
        bad: post("2026-11-27T09:00", "New York"), good: post("2026-11-27T09:00"))
    case .zoneFixed:
      return RulePage(
        "a zone that is one offset all year (warning)",
        "EST, MST, HST and GMT have no summer time, unlike the places that people have in mind. In the names below Etc/GMT the sign is the other "
          + "way round: Etc/GMT+5 is five hours behind UTC.",
        bad: post("2027-07-27T09:00", "EST"), good: post("2027-07-27T09:00"))
    case .suspendMissed:
      return RulePage(
        "a suspension that lasts longer than the post may wait (warning)",
        "What is suspended keeps its time and its grace. If both are over when the suspension ends, it is missed.",
        bad: .post(ordinaryPost + "suspend: {reason: waiting for legal, until: 2026-11-27T12:00}\n"),
        good: .post(ordinaryPost + "suspend: {reason: waiting for legal, until: 2026-11-27T08:00}\n"))
    case .zoneMissing:
      return RulePage(
        "no zone anywhere", "The post's timezone counts, else its account's, else that of posthorn.yaml; the host's own never does.",
        bad: post("2026-11-27T09:00", nil), good: post("2026-11-27T09:00"))
    default: return nil
    }
  }

  private var destinationPage: RulePage {
    func post(_ accounts: String, _ lines: String = "") -> RulePage.Example {
      .post("scheduled_time: 2026-11-27T09:00\ntimezone: America/New_York\naccounts: \(accounts)\n\(lines)")
    }
    switch self {
    case .accountUnknown:
      return RulePage(
        "an account that has no file", "Accounts are the files below accounts/.", bad: post("[acme-hok]"), good: post("[acme-hook]"))
    case .accountSecret:
      return RulePage(
        "a secret in an account's file",
        "Secrets live on the host, one file an account. What is in a repository is in all of its clones, for ever: replace the secret.",
        bad: .account("platform: outbox\ntoken: abc\n"), good: .account("platform: outbox\n"))
    case .overrideAccount:
      return RulePage(
        "an override for an account that the post does not go to", "It would have no effect, and whoever wrote it expects one.",
        bad: post("[acme]", "overrides: {acme-hook: {caption: Hello}}\n"),
        good: post("[acme, acme-hook]", "overrides: {acme-hook: {caption: Hello}}\n"))
    case .platformUnknown:
      return RulePage(
        "a platform that does not exist", "The hint names those that do.", bad: .account("platform: outbxo\n"),
        good: .account("platform: outbox\n"))
    case .optionMissing:
      return RulePage(
        "an option that the platform needs", "It stands in the post's options, in an override, or in the account's defaults.",
        bad: post("[acme-tiktok]"), good: post("[acme-tiktok]", "options: {tiktok: {privacy_level: SELF_ONLY}}\n"))
    case .optionUnused:
      return RulePage(
        "options that have no effect (warning)",
        "The post goes to no account of the platform, or what it publishes there does not have them.",
        bad: post("[acme]", "options: {tiktok: {privacy_level: SELF_ONLY}}\n"), good: post("[acme]"))
    case .mediaSource:
      return RulePage(
        "an item of media without a source, with two, or with an unusable one",
        "It has either a path in the repository or a url. Some platforms fetch pictures themselves: those need a url.",
        bad: .lines("media:\n  - alt: A brass horn"), good: .lines("media:\n  - path: media/teaser.mp4\n    alt: A brass horn"))
    case .mediaPath:
      return RulePage(
        "a media path that is not one inside the content folder",
        "It is relative to the content folder, with \"/\" between its parts, without \"..\", backslash or control characters.",
        bad: .lines("media:\n  - path: ../secret.mp4"), good: .lines("media:\n  - path: media/teaser.mp4"))
    case .mediaMissing:
      return RulePage(
        "a media file that is not there", "The file has to be committed together with the post.",
        bad: .lines("media:\n  - path: media/treaser.mp4"), good: .lines("media:\n  - path: media/teaser.mp4"))
    case .urlPlain:
      func hook(_ url: String) -> RulePage.Example {
        .files([("accounts/acme-hook.yaml", Array("platform: webhook\nurl: \(url)\n".utf8))])
      }
      return RulePage(
        "an account's url with plain http (warning)",
        "Anybody on the way could read and change what is sent. A host calls it only at a private address, and only where it allows that.",
        bad: hook("http://hooks.example.com/posts"), good: hook("https://hooks.example.com/posts"))
    case .urlFormat:
      return RulePage(
        "a URL that cannot be used", "It is absolute, https for media, without user name or password.",
        bad: .lines("media:\n  - url: http://media.example.com/a.mp4"), good: .lines("media:\n  - url: https://media.example.com/a.mp4"))
    default: preconditionFailure("every rule has a page: \(rawValue)")
    }
  }
}
