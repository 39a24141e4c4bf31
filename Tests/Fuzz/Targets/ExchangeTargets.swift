import Foundation
import Schedule

extension FuzzTarget {
  /// Files of other programs, in and out.
  static let exchange = [
    FuzzTarget("csv") { bytes in
      try check(CSVImport.read(bytes, named: "posts.csv", defaults: defaults), of: "posts.csv", bytes)
    },
    FuzzTarget("tweet") { bytes in
      let start = try WallClock.parse("2036-11-27T09:00").clock
      var tweets = TweetImport(
        defaults: defaults, zone: zones.zone("America/New_York"), times: .init(first: start, apart: .seconds(86_400)))
      tweets.add(bytes, named: "tweets/x.tweet")
      try check(tweets.reading, of: "tweets/x.tweet", bytes)
    },
    FuzzTarget("calendar") { bytes in
      let words = text(bytes)
      guard let entry = try entry(words) else { return }
      let calendar = ICalendar([entry], of: words, asOf: now, zones: zones).text
      let lines = calendar.components(separatedBy: "\r\n")
      try expect(lines.allSatisfy { $0.utf8.count <= 75 && isClean($0) && !$0.contains("\n") }, "a line is too long, or acts on its reader")
      try expect(lines.count { $0.hasPrefix("BEGIN:VEVENT") } == 1, "a text became an event")
      let isLine = { (line: String) in
        line.isEmpty || line.utf8.first == 0x20
          || line.unicodeScalars.drop { ("A"..."Z").contains($0) || $0 == "-" }.first.map { $0 == ":" || $0 == ";" } ?? false
      }
      try expect(lines.allSatisfy(isLine), "a text became a line")
      var table = CSVText()
      table.add([words])
      // What has no width, or changes the order of text, comes as it is: a cell is read back as it was.
      let isControlled = table.text.replacingOccurrences(of: "\r\n", with: "\n").unicodeScalars.contains {
        $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
      }
      try expect(!isControlled, "a cell acts on its reader")
      let cell = table.text.unicodeScalars.first == "\"" ? table.text.unicodeScalars.dropFirst().first : table.text.unicodeScalars.first
      try expect(cell.map { !["=", "+", "-", "@"].contains($0) } ?? true, "a cell is a formula")
    },
  ]
}

private let defaults = ImportDefaults(accounts: ["acme"], timezone: "America/New_York")

private func check(_ reading: ImportReading, of name: String, _ bytes: [UInt8]) throws {
  let plan = ImportPlan(reading, folder: "schedule", catalog: catalog, existing: .init(posts: [:]) { _ in nil }, now: now)
  try check(plan.diagnostics, of: name, bytes)
  for item in plan.items {
    try expect(item.path.hasPrefix("schedule/posts/") && ContentPath.fault(of: item.path) == nil, "a post is written elsewhere")
    try expect(item.scheduledAt.map { $0 > now - .seconds(3600) } ?? false, "a post without a time to come is written")
  }
  try expect(Set(plan.items.map(\.path)).count == plan.items.count, "two posts are written to one file")
}

private func entry(_ words: String) throws -> CalendarEntry? {
  guard let id = PostID("launch"), let account = AccountName("acme") else { return nil }
  let delivery = StatusRecord.Delivery(
    account: account, platform: "outbox", state: .held, reason: words, remote: Remote(id: words, url: words))
  let record = StatusRecord(post: id, path: words, scheduledAt: now, deliveries: [delivery])
  return try CalendarEntry.all(of: PostStanding.all(of: PlanSide([]), recorded: [record], now: now), in: PlanSide([])) { _ in
    var post = Post(id: id, scheduledTime: try WallClock.parse("2036-11-27T09:00").clock, accounts: [account])
    (post.title, post.caption) = (words, words)
    return post
  }.first
}
