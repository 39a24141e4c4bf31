/// Which process publishes from a repository where claims are local: the file `status/daemon.json`, written before its first publication.
/// Another one asks there whether the first still runs, and waits for the answer before it publishes anything (P7). Two processes on copies of
/// one state directory are two (N5).
public struct DaemonRecord: Equatable, Sendable {
  /// A process on a state directory, and the host that has it.
  public struct Party: Equatable, Sendable {
    public var host: String
    /// The id of the state directory; a copy of it has the same.
    public var incarnation: String
    /// The same for two directories only where the second one stands in the place of the first; empty where that cannot be told.
    public var place: String
    /// Which start of a process it is, which no copy shares (N5); `nil` in records of versions that did not say so.
    public var life: String?

    public init(host: String, incarnation: String, place: String, life: String? = nil) {
      (self.host, self.incarnation, self.place, self.life) = (host, incarnation, place, life)
    }

    /// Whether it is that process, or stands where it stood: whoever had the directory in this place has ended, or notices that it lost it (F8).
    public func stands(for other: Party) -> Bool {
      incarnation == other.incarnation && (isLife(of: other) || hasPlace(of: other))
    }

    private func isLife(of other: Party) -> Bool { life != nil && life == other.life }

    func hasPlace(of other: Party) -> Bool { !place.isEmpty && place == other.place }
  }

  /// A word that was said to, or by, somebody.
  public struct Word: Equatable, Sendable {
    public var party: Party
    public var at: Instant

    public init(_ party: Party, at: Instant) { (self.party, self.at) = (party, at) }
  }

  /// Who publishes.
  public var keeper: Party
  public var since: Instant
  /// For how long its silence means nothing, in whole seconds.
  public var answersWithin: Duration
  /// Who asks whether it is still there.
  public var asked: Word?
  /// Who was told last that it is.
  public var refused: Word?
  public var version: String

  public init(keeper: Party, since: Instant, answersWithin: Duration, asked: Word? = nil, refused: Word? = nil, version: String) {
    self.keeper = keeper
    self.since = since
    self.answersWithin = answersWithin
    self.asked = asked
    self.refused = refused
    self.version = version
  }

  /// Below the content folder.
  public static let file = "status/daemon.json"
}

extension DaemonRecord {
  /// What a daemon that reads the record does.
  public enum Step: Equatable, Sendable {
    /// Publish: the record is its own.
    case publish
    /// Say that it is there, and publish.
    case answer
    /// Ask whether the other one is, and publish nothing.
    case ask
    /// Publish nothing until the other one was silent for long enough.
    case wait(until: Instant)
    /// Publish nothing: the other one has answered.
    case hold
    /// Take the place of the other one: it is gone.
    case take
  }

  /// - Parameters:
  ///   - now: `nil` where the clock is in doubt: then nobody is asked, and nobody has been silent for long enough (N3).
  ///   - isAnew: whether somebody has just started this daemon, so that it asks again what was answered before.
  public func step(for party: Party, now: Instant?, isAnew: Bool) -> Step {
    if party.stands(for: keeper) { return asked == nil ? .publish : .answer }
    // Another directory that stood here: it was removed.
    if party.hasPlace(of: keeper) { return .take }
    guard let now else { return .hold }
    if let asked, asked.at <= now + .mostAhead {  // nobody has asked at a time that is still to come
      let end = asked.at + answersWithin
      if party.stands(for: asked.party) { return now < end ? .wait(until: end) : .take }
      // A third one that asked and went away.
      return now < end + answersWithin ? .wait(until: end + answersWithin) : .ask
    }
    if let refused, party.stands(for: refused.party), !isAnew, refused.at <= now + .mostAhead,
      now < refused.at + Self.patience
    {
      return .hold
    }
    return .ask
  }

  /// How long an answer is believed.
  public static let patience = Duration.seconds(3600)
}

extension DaemonRecord {
  public var json: JSON {
    [
      "schema": 1, "claims": "local", "host": .string(keeper.host), "incarnation": .string(keeper.incarnation),
      "life": JSON(keeper.life), "place": .string(keeper.place), "since": JSON(since),
      "answers_within": JSON(Int(answersWithin.components.seconds)), "asked": asked?.json ?? .null,
      "refused": refused?.json ?? .null, "version": .string(version),
    ]
  }

  public init(json: JSON) throws(RecordError) {
    let reader = try RecordReader(json)
    try reader.checkSchema()
    let kind = try reader.text("claims")
    guard kind == "local" else { throw reader.error("claims", "is \"\(kind)\", and this version of posthorn knows \"local\"") }
    let answersWithin = try reader.number("answers_within")
    guard (0...86_400).contains(answersWithin) else { throw reader.error("answers_within", "is not a number of seconds up to a day") }
    self.init(
      keeper: try Party(reader), since: try reader.instant("since"), answersWithin: .seconds(answersWithin),
      asked: try reader.word("asked"), refused: try reader.word("refused"), version: try reader.text("version"))
  }
}

extension DaemonRecord.Party {
  fileprivate init(_ reader: RecordReader) throws(RecordError) {
    let host = try reader.text("host")
    guard host.utf8.count <= 255 else { throw reader.error("host", "is longer than 255 bytes") }
    self.init(
      host: host, incarnation: try reader.text("incarnation"), place: try reader.text("place"), life: try reader.optionalText("life"))
  }
}

extension DaemonRecord.Word {
  fileprivate var json: JSON {
    [
      "host": .string(party.host), "incarnation": .string(party.incarnation), "place": .string(party.place), "life": JSON(party.life),
      "at": JSON(at),
    ]
  }
}

extension RecordReader {
  fileprivate func word(_ key: String) throws(RecordError) -> DaemonRecord.Word? {
    try optional(key, "an object") { json throws(RecordError) in
      let reader = try RecordReader(json, at: key)
      return DaemonRecord.Word(try DaemonRecord.Party(reader), at: try reader.instant("at"))
    }
  }
}
