extension Rule {
  /// Pages of the rules about what leaves on one account.
  var diaryPage: RulePage? {
    func post(_ name: String, _ time: String, _ lines: String = "") -> (path: String, bytes: [UInt8]) {
      let text = "scheduled_time: \(time)\ntimezone: America/New_York\naccounts: [acme]\n\(lines)"
      return ("posts/2026/11/\(name).yaml", Array(text.utf8))
    }
    func account(_ limits: String) -> (path: String, bytes: [UInt8]) {
      ("accounts/acme.yaml", Array("platform: outbox\nlimits: {\(limits)}\n".utf8))
    }
    switch self {
    case .accountSpacing:
      return RulePage(
        "two posts leave too close together on an account (warning)",
        "The account's limits.spacing says how far apart; without it, two at the same instant are told. Both go out.",
        bad: .files([account("spacing: 30m"), post("doors", "2026-11-27T09:00"), post("menu", "2026-11-27T09:10")]),
        good: .files([account("spacing: 30m"), post("doors", "2026-11-27T09:00"), post("menu", "2026-11-27T09:30")]))
    case .accountDaily:
      return RulePage(
        "more posts than an account takes in a day (warning)",
        "limits.per_day counts any 24 hours. What is beyond it waits for room, and is missed if that comes after its grace.",
        bad: .files([account("per_day: 1"), post("doors", "2026-11-27T09:00"), post("menu", "2026-11-27T17:00")]),
        good: .files([account("per_day: 1"), post("doors", "2026-11-27T09:00"), post("menu", "2026-11-28T09:00")]))
    case .postRepeated:
      return RulePage(
        "the same content twice on an account (warning)",
        "Title, caption and media are those of another post. Often a copy was not edited, or two people wrote down one plan.",
        bad: .files([
          post("doors", "2026-11-27T09:00", "caption: Doors open\n"), post("doors-2", "2026-11-28T09:00", "caption: Doors open\n"),
        ]),
        good: .files([
          post("doors", "2026-11-27T09:00", "caption: Doors open\n"),
          post("doors-2", "2026-11-28T09:00", "caption: Doors open once more\n"),
        ]))
    case .postPublished:
      let time = "2026-11-27T09:00"
      return RulePage(
        "an edit of a post that went out already (warning)",
        "What was published never goes out again, whatever is edited. In a work tree, and with --since, every edit of such a post is told.",
        bad: .files([post("doors", time), published]),
        good: .files([post("doors-again", time), published]))
    case .postRenamed:
      let (time, words) = ("2026-11-27T09:00", "caption: Doors open\n")
      return RulePage(
        "what went out is asked for again under a new name",
        "A post is known by its id: the file's name, or what id: says. Under a new one, and with its file gone under the old, what went out would "
          + "go out again. So it is held: at the same instant always, at another one where the same change takes the old file away, or where "
          + "it is in doubt whether the old one went out. Nothing is compared with posts that are still there.",
        bad: .change(from: [post("doors", time, words), published], to: [post("doors-open", time, words)]),
        good: .change(from: [post("doors", time, words), published], to: [post("doors-open", time, words + "id: doors\n")]))
    case .postReworded:
      let (time, words) = ("2026-11-27T09:00", "caption: Doors open\n")
      return RulePage(
        "what went out has a new name and other words (warning)",
        "The file is one that git would call renamed, and the text is not what went out: it goes out as a new post.",
        bad: .change(from: [post("doors", time, words), published], to: [post("doors-open", time, "caption: Doors opens\n")]),
        good: .change(
          from: [post("doors", time, words), published], to: [post("doors-open", time, "caption: Doors opens\nrepeats: doors\n")]))
    case .zoneChanged:
      let name = "history/2026/11/27/doors/acme.1.json"
      return RulePage(
        "a time that is another instant since the rules of its zone changed (warning)",
        "An attempt's record has the instant that its host's tzdata gave. Where this host's tzdata gives another one for the same wall-clock "
          + "time and zone, the post has moved, for whoever sees the world's clock.",
        bad: .files([post("doors", "2026-11-27T09:00"), (name, Array(Self.attempt(at: "2026-11-27T13:00:00.000Z").utf8))]),
        good: .files([post("doors", "2026-11-27T09:00"), (name, Array(Self.attempt(at: "2026-11-27T14:00:00.000Z").utf8))]))
    default: return nil
    }
  }

  /// The status of a post that went out.
  private var published: (path: String, bytes: [UInt8]) {
    let status = """
      {
        "schema": 1, "post": "doors", "path": "posts/2026/11/doors.yaml", "state": "published",
        "scheduled_at": "2026-10-27T13:00:00.000Z", "published_at": "2026-10-27T13:00:01.250Z",
        "deliveries": [
          {"account": "acme", "platform": "outbox", "state": "published", "reason": null, "attempts": 1, "next_attempt_at": null,
           "remote": null, "error": null}
        ]
      }

      """
    return ("status/posts/2026/11/doors.json", Array(status.utf8))
  }

  /// The record of an attempt that failed and is to be made again.
  private static func attempt(at instant: String) -> String {
    """
    {
      "schema": 1, "post": "doors", "path": "schedule/posts/2026/11/doors.yaml", "account": "acme", "platform": "outbox", "attempt": 1,
      "outcome": "retrying", "scheduled_at": "\(instant)", "scheduled_time": "2026-11-27T09:00:00", "timezone": "America/New_York",
      "tzdata": "2025b", "started_at": "\(instant)", "finished_at": "\(instant)", "next_attempt_at": "2026-11-27T15:00:00.000Z",
      "key": "msg_1", "content_sha256": "\(String(repeating: "0", count: 64))", "media": [], "remote": null,
      "error": {"class": "transient", "code": "outbox.write", "message": "no room"},
      "source": {"commit": "\(String(repeating: "1", count: 40))", "blob": "\(String(repeating: "2", count: 40))", "author": "Ana <ana@example.com>",
        "committer": "Ana <ana@example.com>"}, "host": "mars", "incarnation": "0123456789abcdef", "version": "1.0.0"
    }

    """
  }
}
