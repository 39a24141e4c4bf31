import Git
import Schedule

/// A history file, and what is known of who wrote it.
struct FoundRecord: Sendable {
  var record: HistoryRecord
  /// From the repository's root.
  var path: String
  var blob: ObjectID
  /// What its seal is over.
  var message: [UInt8]

  var id: DeliveryID { DeliveryID(post: record.post, account: record.account) }
  /// Whether a person says by it that something may be sent, or, as far as hosts with a key that they share can tell, that a doubt has ended.
  func isWord(hasSharedKey: Bool) -> Bool { record.isRetryWord || record.saidBy != nil && hasSharedKey }
  var attempt: AttemptID { AttemptID(delivery: id, number: record.attempt) }
}
