/// That two daemons recorded the same attempt: a file under `status/doubles/`, there until a person has looked.
///
/// Both had passed the commit point, so it may have gone out twice. The history has the record of whoever was first; the other one is here alone.
public struct DoubleRecord: Equatable, Sendable {
  /// The record that the history has.
  public var kept: HistoryRecord
  /// The one that came second.
  public var dropped: HistoryRecord

  /// `nil` where both say what one daemon may have said twice, or where not more than one of them may have sent anything.
  public init?(kept: HistoryRecord, dropped: HistoryRecord) {
    guard kept.attemptID == dropped.attemptID, kept.maySendTwice, dropped.maySendTwice, !kept.isOfSameEnd(as: dropped) else { return nil }
    (self.kept, self.dropped) = (kept, dropped)
  }

  public var attempt: AttemptID { kept.attemptID }
  public var id: DeliveryID { attempt.delivery }
}

extension DoubleRecord {
  /// The folder of all of them, and the file of one in it, below the content folder: `status/doubles/launch-teaser/acme.1.json`.
  public static let folder = "status/doubles"
  public static func file(of attempt: AttemptID) -> String {
    "\(folder)/\(attempt.delivery.post)/\(attempt.delivery.account).\(attempt.number).json"
  }
  public var file: String { Self.file(of: attempt) }

  /// Which attempt a file below the content folder is about; `nil` where it is none of these.
  public static func attempt(ofFile file: some StringProtocol) -> AttemptID? {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "status", parts[1] == "doubles", let post = PostID(parts[2]) else { return nil }
    return AttemptID(of: post, inFile: parts[3])
  }

  public var json: JSON { ["schema": 1, "kept": kept.json, "dropped": dropped.json] }

  public init(json: JSON) throws(RecordError) {
    let reader = try RecordReader(json)
    try reader.checkSchema()
    let sides = try ["kept", "dropped"].map { key throws(RecordError) in
      try reader.required(key, "a record of history") { json throws(RecordError) in try HistoryRecord(json: json) }
    }
    guard let double = DoubleRecord(kept: sides[0], dropped: sides[1]) else {
      throw RecordError(field: "", reason: "has two records of which not both may have gone out")
    }
    self = double
  }

  /// What a person has to know of each side, and what ends it.
  public var sides: (kept: String, dropped: String) { (Self.side(kept), Self.side(dropped)) }
  public var command: String { "posthorn resolve \(id.post) \(id.account) --seen" }

  private static func side(_ record: HistoryRecord) -> String {
    let place = (record.remote?.url ?? record.remote?.id).map { ", as \($0)" } ?? ""
    let ended = Instant(seconds: record.finishedAt.seconds)
    return "\(record.outcome.rawValue) \(ended)\(place), by \(record.host) (state directory \(record.incarnation.prefix(8)))"
  }
}

extension HistoryRecord {
  public var attemptID: AttemptID { AttemptID(delivery: DeliveryID(post: post, account: account), number: attempt) }

  /// Its attempt went out, or may have.
  fileprivate var maySendTwice: Bool { outcome.isOut || outcome == .inDoubt }

  /// Whether one state directory said it of one call: what it says besides, such as the version, may differ where it was said again later.
  fileprivate func isOfSameEnd(as other: HistoryRecord) -> Bool {
    incarnation == other.incarnation && outcome == other.outcome && JSON(startedAt) == JSON(other.startedAt)
      && JSON(finishedAt) == JSON(other.finishedAt)
  }
}
