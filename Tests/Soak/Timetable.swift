import Foundation
import Schedule
import Synchronization

/// Which posts there are, in batches that are pushed one after another, and when each came due.
final class Timetable: Sendable {
  static let accounts = ["plain-1", "plain-2", "dedupes-1", "dedupes-2"].compactMap { AccountName($0) }

  let batches: [Range<Int>]
  private let deliveries: Int
  private let chance: Chance
  private let instants = Mutex<[DeliveryID: Instant]>([:])

  init(deliveries: Int, chance: Chance) {
    (self.deliveries, self.chance) = (deliveries, chance)
    let size = max(10, deliveries / 100)
    batches = stride(from: 0, to: deliveries, by: size).map { $0..<min($0 + size, deliveries) }
  }

  /// What has been pushed.
  var due: [DeliveryID: Instant] { instants.withLock { $0 } }

  /// The posts of a batch, due from now until three seconds from now.
  func files(of batch: Range<Int>) -> [String: String] {
    var files: [String: String] = [:]
    let now = Int64(Date().timeIntervalSince1970)
    for number in batch {
      let account = Self.accounts[number % Self.accounts.count]
      guard let post = PostID("p\(number)") else { continue }
      let instant = Instant(seconds: now + Int64(chance.unit("due \(number)") * 3))
      instants.withLock { $0[DeliveryID(post: post, account: account)] = instant }
      files["posts/b\(batch.lowerBound)/\(post).yaml"] =
        "scheduled_time: \(instant.description.prefix(19))\ntimezone: UTC\naccounts: [\(account)]\ncaption: Number \(number).\n"
    }
    return files
  }
}
