import Foundation
import Support
import Synchronization

/// Which posts there are, in batches that are pushed one after another, and when each is due.
final class Timetable: Sendable {
  static let accounts = ["plain-1", "plain-2", "dedupes-1", "dedupes-2"]
  /// As long as the longest time for which nobody may know who publishes, and longer.
  static let grace = 1800.0
  /// Some have to hurry.
  static let shortGrace = 8.0

  let batches: [[Int]]
  private let chance: Chance
  private let ahead: Double
  private let asked = Mutex<[Books.Delivery: Books.Wish]>([:])

  /// - Parameters:
  ///   - deliveries: at least so many.
  ///   - ahead: within how many seconds all of a batch are due.
  init(deliveries: Int, batches count: Int, ahead: Double, chance: Chance) {
    (self.chance, self.ahead) = (chance, ahead)
    var posts: [Int] = []
    var left = deliveries
    while left > 0 {
      left -= Self.accounts(of: posts.count, chance).count
      posts.append(posts.count)
    }
    let size = max(1, (posts.count + count - 1) / count)
    batches = stride(from: 0, to: posts.count, by: size).map { Array(posts[$0..<min($0 + size, posts.count)]) }
  }

  /// The post's file, from the repository's root.
  static func path(of post: String) -> String { "schedule/posts/b\((Int(post.dropFirst()) ?? 0) / 100)/\(post).yaml" }

  /// Most posts go to one account, some to all.
  private static func accounts(of number: Int, _ chance: Chance) -> [String] {
    chance.happens(0.05, "all \(number)") ? accounts : [chance.pick(accounts, "account \(number)")]
  }

  /// What has been asked for so far.
  var wishes: [Books.Delivery: Books.Wish] { asked.withLock { $0 } }

  /// What is due in more than a moment, and was not asked for long ago.
  func upcoming(in range: ClosedRange<TimeInterval>) -> [Books.Delivery] {
    let now = Date()
    return wishes.filter { range.contains($0.value.due.timeIntervalSince(now)) }.keys.sorted()
  }

  /// A post to everybody, due at once.
  func first() -> [String: String?] {
    let due = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
    return [Self.path(of: "first"): file("first", "The first.", due: due, to: Self.accounts, grace: Self.grace)]
  }

  /// The posts of a batch: some due at once, some within the minute, a few later.
  func files(of batch: [Int]) -> [String: String?] {
    var files: [String: String?] = [:]
    let now = Date().timeIntervalSince1970.rounded(.down)
    for number in batch {
      let ahead =
        switch chance.unit("when \(number)") {
        case ..<0.5: chance.number(in: 0...4, "due \(number)")
        case ..<0.9: chance.number(in: 4...(ahead / 2), "due \(number)")
        default: chance.number(in: (ahead / 2)...ahead, "due \(number)")
        }
      let due = Date(timeIntervalSince1970: now + ahead.rounded(.down))
      let hurries = chance.happens(0.1, "hurries \(number)")
      files[Self.path(of: "p\(number)")] = file(
        "p\(number)", "Number \(number).", due: due, to: Self.accounts(of: number, chance),
        grace: hurries ? Self.shortGrace : Self.grace)
    }
    return files
  }

  /// Writes down that it is asked for.
  private func file(_ post: String, _ caption: String, due: Date, to accounts: [String], grace: TimeInterval) -> String {
    asked.withLock { asked in
      for account in accounts { asked[Books.Delivery(post, to: account)] = Books.Wish(caption, due: due, grace: grace) }
    }
    let time = due.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false))
    return "scheduled_time: \(time)\ntimezone: UTC\naccounts: [\(accounts.joined(separator: ", "))]\ncaption: \(caption)\n"
      + (grace == Self.grace ? "" : "grace: \(Int(grace))s\n")
  }
}
