public import Schedule

/// Which state directory this is: made with it, carried by every record, never the same for another one (P7).
public struct Incarnation: Equatable, Sendable {
  /// 32 hexadecimal digits.
  public let id: String
  public let made: Instant

  public static let name = "incarnation"

  /// The incarnation of `folder`; made now, and durable, if it has none yet.
  ///
  /// - Throws: ``StateError/Reason/damaged(offset:why:setAside:)`` rather than making a second one.
  public static func of(_ folder: Folder, now: Instant) throws(StateError) -> Incarnation {
    guard let bytes = try folder.read(name, limit: 4096) else {
      return try renewed(folder, now: now)
    }
    guard let found = Incarnation(text: bytes) else {
      throw StateError("read", folder.path(of: name), .damaged(offset: 0, why: "it is not 32 hexadecimal digits and a time"))
    }
    return found
  }

  /// Another incarnation in the place of the one that `folder` has: it is an older copy, and whoever has the newer one may still live.
  public static func renewed(_ folder: Folder, now: Instant) throws(StateError) -> Incarnation {
    let new = Incarnation(id: JournalID.random().description, made: now)
    try folder.replace(name, with: Array("\(new.id) \(now.milliseconds)\n".utf8))
    return new
  }

  /// The same, made at another time: the clock that it was told by was wrong.
  public func redated(_ made: Instant, in folder: Folder) throws(StateError) -> Incarnation {
    try folder.replace(Self.name, with: Array("\(id) \(made.milliseconds)\n".utf8))
    return Incarnation(id: id, made: made)
  }

  private init(id: String, made: Instant) { (self.id, self.made) = (id, made) }

  private init?(text bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, words[1].last == "\n", let made = Int64(words[1].dropLast()) else { return nil }
    guard words[0].utf8.count == 32, words[0].utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
    self.init(id: String(words[0]), made: Instant(milliseconds: made))
  }
}
