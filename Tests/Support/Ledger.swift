import Foundation
public import Schedule
import Synchronization

/// The books of a webhook's receiver: what it has processed, which is the truth that everything else is compared with.
public final class Ledger: Sendable {
  /// What the receiver does with a request.
  public enum Handling: Sendable {
    case accept
    /// It is processed, and the answer gets lost.
    case acceptSilently
    /// The request gets lost before it is processed.
    case lose
    /// Refused with this status, and not processed.
    case refuse(Int)
  }

  /// One message that was processed.
  public struct Entry: Sendable {
    public var id: DeliveryID
    public var key: String
    public var time: Instant
  }

  private struct Books {
    var entries: [Entry] = []
    var keys: Set<String> = []
    var requests: [DeliveryID: Int] = [:]
  }

  private let books = Mutex(Books())
  private let drops: @Sendable (AccountName) -> Bool
  private let handling: @Sendable (_ id: DeliveryID, _ number: Int) -> Handling

  /// - Parameters:
  ///   - drops: whether a repeated webhook-id of this account is answered and not processed again.
  ///   - handling: what is done with the nth request for a delivery, counted from 1.
  public init(
    drops: @escaping @Sendable (AccountName) -> Bool = { _ in false },
    handling: @escaping @Sendable (_ id: DeliveryID, _ number: Int) -> Handling = { _, _ in .accept }
  ) {
    (self.drops, self.handling) = (drops, handling)
  }

  public var entries: [Entry] { books.withLock { $0.entries } }
  /// How many requests came for each delivery, whatever became of them.
  public var requests: [DeliveryID: Int] { books.withLock { $0.requests } }

  /// A receiver's script.
  @Sendable public func answer(_ arrival: Receiver.Arrival) -> Receiver.Answer {
    guard let key = arrival.headers["webhook-id"], let data = (try? JSON.parse(arrival.body))?.object?["data"]?.object,
      let post = data["post"]?.string.flatMap({ PostID($0) }), let account = data["account"]?.string.flatMap({ AccountName($0) })
    else { return .reply(400) }  // whatever it was, it was not one of ours
    let id = DeliveryID(post: post, account: account)
    let number = books.withLock { books in
      books.requests[id, default: 0] += 1
      return books.requests[id, default: 1]
    }
    switch handling(id, number) {
    case .accept: return process(id, key) { .ok }
    case .acceptSilently: return process(id, key) { .hangUp }
    case .lose: return .hangUp
    case .refuse(let status): return .reply(status)
    }
  }

  private func process(_ id: DeliveryID, _ key: String, _ answer: () -> Receiver.Answer) -> Receiver.Answer {
    let isRepeat = drops(id.account)
    let time = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    books.withLock { books in
      if !books.keys.insert(key).inserted, isRepeat { return }
      books.entries.append(Entry(id: id, key: key, time: time))
    }
    return answer()
  }
}
