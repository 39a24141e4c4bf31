import Schedule

/// A claim's file, and what is needed to tell who wrote it.
struct FoundClaim: Equatable, Sendable {
  var record: ClaimRecord
  /// What its seal is over.
  var message: [UInt8]

  init(_ json: JSON) throws(RecordError) {
    record = try ClaimRecord(json: json)
    message = Seal.message(of: json)
  }
}

/// A claim that nobody holds any more, as far as is known here.
struct LeftClaim: Equatable, Sendable {
  var record: ClaimRecord
  /// Why nobody vouches for it; `nil` where a key that counts here does. Without that nothing in it is a fact: it has kept its delivery as long
  /// as it may, and neither what a platform is said to have accepted nor when it was made counts.
  var doubt: String?
  /// Whether it says that it holds for longer than any holder writes.
  var isImpossible = false

  var id: DeliveryID { record.id }

  /// What the platform had accepted.
  var remote: Remote? { doubt == nil ? record.remote : nil }

  /// When its attempt began, at the earliest.
  func began(scheduledAt: Instant) -> Instant { doubt == nil ? record.intent.startedAt : scheduledAt }

  /// Who made it, for people.
  var holder: String { doubt == nil ? record.host : "somebody for whom no key vouches" }
}
