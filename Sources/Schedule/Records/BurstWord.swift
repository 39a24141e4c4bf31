/// A person's word that what became due all at once may go out, for whoever has no state directory that could remember it: the file
/// `status/burst.json`, which `posthorn resume --burst COMMIT --push` writes and the next word replaces.
///
/// It is about what the posts were at one commit and what is due within the hour after it was said, so putting it back later lets go nothing else.
public struct BurstWord: Equatable, Sendable {
  /// In hexadecimal.
  public var commit: String
  public var by: String
  public var at: Instant
  public var host: String
  public var version: String
  /// Without the seal of a key of the host that reads it, it says nothing.
  public var seal: Seal?

  public init(commit: String, by: String, at: Instant, host: String, version: String) {
    self.commit = commit
    self.by = by
    self.at = at
    self.host = host
    self.version = version
  }

  /// Below the content folder.
  public static let file = "status/burst.json"

  /// The last instant at which a delivery may be due that is meant: what a burst is about is due within an hour.
  public var latest: Instant { at + .seconds(3600) }

  public var json: JSON { value() }
  public func bytes() -> [UInt8] { valueBytes() }

  public init(json: JSON) throws(RecordError) {
    let reader = try RecordReader(json)
    try reader.checkSchema()
    self.init(
      commit: try reader.required("commit", "40 hexadecimal digits") { json throws(RecordError) in
        json.string.flatMap { $0.utf8.count == 40 && $0.utf8.allSatisfy(Self.isHexadecimal) ? $0 : nil }
      },
      by: try reader.text("said_by"), at: try reader.instant("said_at"), host: try reader.text("host"), version: try reader.text("version"))
    seal = Seal(of: json)
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
}

extension BurstWord: JSONForm {
  func add(to members: inout some Members & ~Copyable) {
    members.add("commit", commit)
    members.add("host", host)
    members.add("said_at", at)
    members.add("said_by", by)
    members.add("schema", 1)
    if let seal { members.add("seal", seal) }
    members.add("version", version)
  }
}
