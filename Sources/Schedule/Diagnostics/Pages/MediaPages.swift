extension Rule {
  /// Pages of the rules about what a file's own header says.
  var mediaPage: RulePage? {
    func page(_ summary: String, _ text: String, bad name: String) -> RulePage {
      func post(_ name: String) -> RulePage.Example {
        .post(
          """
          scheduled_time: 2026-11-27T09:00
          timezone: America/New_York
          accounts: [acme-tiktok]
          options: {tiktok: {privacy_level: SELF_ONLY}}
          media:
            - path: media/\(name)

          """)
      }
      return RulePage(
        summary, "\(text) Only files that are at hand are read: one in Git LFS where its object is on this disk.", bad: post(name),
        good: post("teaser.mp4"))
    }
    switch self {
    case .mediaUnreadable:
      return page(
        "a media file that is damaged or cut short", "It would be refused by the platform, after it was sent.", bad: "broken.mp4")
    case .mediaDimensions:
      return page(
        "a picture or film that is too small or too large for the platform", "Width and height count as it is shown, in pixels.",
        bad: "small.mp4")
    case .mediaDuration:
      return page("a film that is longer than the platform takes", "The limits of an account may be tighter.", bad: "lecture.mp4")
    case .mediaFramerate:
      return page(
        "a film with more or fewer frames a second than the platform takes", "It is the average, rounded to a whole number: 59.94 is 60.",
        bad: "slow.mp4")
    case .mediaCodec:
      return page(
        "a film that is coded in a way that the platform does not take",
        "The type of a file, such as MP4, does not say how its pictures are coded; its header does.", bad: "master.mp4")
    default: return nil
    }
  }
}
