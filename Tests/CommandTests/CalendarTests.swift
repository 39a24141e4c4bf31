import Foundation
import Support
import Testing

@Suite("posthorn calendar")
struct CalendarTests {
  private let folder: TemporaryFolder
  private let git: GitClient

  init() throws {
    folder = try TemporaryFolder("calendar")
    git = try GitClient.create(at: folder.path("news"))
    func post(_ time: String, _ more: String = "") -> String {
      "scheduled_time: \(time)\ntimezone: America/New_York\naccounts: [acme]\n\(more)"
    }
    try git.commit([
      "schedule/accounts/acme.yaml": "platform: outbox\ntimezone: America/New_York\n",
      "schedule/posthorn.yaml": "timezone: America/New_York\n",
      "schedule/posts/doors.yaml": post("2036-11-27T09:00", "title: Doors \u{202E}open\n"),
      "schedule/posts/after-party.yaml": post("2036-11-27T20:30", "suspend: true\n"),
      "schedule/posts/thanks-to-everybody.yaml": post("2036-11-28T10:00"), "schedule/posts/other.yaml": post("2036-12-01T10:00"),
    ])
  }

  /// What stands below the title, on a terminal of so many columns where one is asked for.
  private func calendar(_ arguments: String..., columns: Int? = nil) throws -> String {
    guard let columns else { return try Program.run(["calendar", "-q"] + arguments, in: git.path).output }
    let command = ([Posthorn.path, "calendar", "-q"] + arguments).joined(separator: " ")
    return try run(["script", "-qec", "stty cols \(columns); \(command)", "/dev/null"], in: git.path, environment: ["TERM": "xterm"])
      .replacing("\r\n", with: "\n")
  }

  @Test("A month is a grid of days, with what leaves on each, its state readable without colours, in 80 columns")
  func month() throws {
    let text = try calendar("--month", "2036-11")
    #expect(
      text == """
        November 2036, times of America/New_York

        Mon        Tue        Wed        Thu        Fri        Sat        Sun
                                                               1          2

        3          4          5          6          7          8          9

        10         11         12         13         14         15         16

        17         18         19         20         21         22         23

        24         25         26         27         28         29         30
                                         09:00 ·    10:00 ·
                                         doors      thanks-to…
                                         20:30 =
                                         after-par…

        · scheduled  = held

        """)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 && !$0.hasSuffix(" ") })
    #expect(try calendar("--month", "2036-10").hasSuffix("nothing leaves this month\n"))
  }

  @Test("On a wide terminal a post stands beside its time, in colours, and NO_COLOR or a pipe has none")
  func wide() throws {
    let text = try calendar("--month", "2036-11", columns: 200)
    #expect(text.contains("09:00 · doors") && text.contains("10:00 · thanks-to-everybody\n"), "\(text)")
    #expect(text.contains("\u{1B}[33m20:30 = after-party\u{1B}[0m"))
    #expect(!(try calendar("--month", "2036-11").contains("\u{1B}")))
    #expect(!(try calendar("--month", "2036-11", "--color", "never", columns: 200).contains("\u{1B}")))
  }

  @Test("A week has a line for each post, with its time on every clock that is asked for, and how many days ahead that is")
  func week() throws {
    let text = try calendar("--week", "2036-11-29", "--timezone", "America/New_York", "--timezone", "Europe/Berlin")
    #expect(
      text == """
        Week of 24 November 2036, times of America/New_York, Europe/Berlin

        DAY     NEW YORK  BERLIN   STATE      POST                 ACCOUNTS  SUMMARY
        Mon 24
        Tue 25
        Wed 26
        Thu 27  09:00     15:00    scheduled  doors                acme      Doors \\u{202E}open
                20:30     02:30+1  held       after-party          acme      after-party
        Fri 28  10:00     16:00    scheduled  thanks-to-everybody  acme      thanks-to-everybody
        Sat 29
        Sun 30

        """, "\(text)")
    #expect(try calendar("--month", "2036-11", "--timezone", "UTC", "--timezone", "Asia/Tokyo").contains("00:00+1"))
  }

  @Test("A day with more posts than it has room for says how many there are besides")
  func crowded() throws {
    let posts = (10..<20).map { ("schedule/posts/p\($0).yaml", "scheduled_time: 2036-10-27T09:\($0)\naccounts: [acme]\n") }
    try git.commit(Dictionary(uniqueKeysWithValues: posts))
    let text = try calendar("--month", "2036-10")
    #expect(text.contains("\n09:14 ·\np14\n+5 more\n") && !text.contains("p15"), "\(text)")
  }

  @Test("A month, a day or a zone that there is not is said with what to write")
  func usage() throws {
    for (arguments, words) in [
      (["--month", "2036-13"], "write one such as 2026-11"), (["--week", "2036-02-30"], "write one such as 2026-11-27, or today"),
      (["--timezone", "Europe/Berln"], "did you mean \"Europe/Berlin\"?"),
      (["--month", "2036-11", "--week", "today"], "exclude each other"),
    ] {
      let ending = try Program.run(["calendar"] + arguments, in: git.path)
      #expect(ending.status == 2 && ending.errors.contains(words), "\(ending.errors)")
    }
    #expect(try Program.run(["calendar", "--week", "today"], in: git.path).status == 0)
  }
}
