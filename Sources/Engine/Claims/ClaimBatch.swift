import Git
import Schedule
import Signatures
import StateDirectory

/// What one commit does to claims: files below the content folder, and a message made of ids only.
struct ClaimBatch {
  /// The claims that it makes.
  private(set) var claimed: [DeliveryID: ClaimRecord] = [:]
  /// With the files as they were.
  private var removed: [DeliveryID: ObjectID] = [:]
  /// Claims of others that somebody took away.
  private var restored: [FileEdit] = []
  private var beginning: ClaimingRecord?
  private let folder: String
  private let verb: String
  private let holder: ClaimHolder
  private let key: SigningKey

  /// - Parameters:
  ///   - verb: what it does, as the subject begins: `claim`.
  ///   - key: vouches for the claims, all of which are the holder's own.
  init(folder: String, verb: String, holder: ClaimHolder, key: SigningKey) {
    (self.folder, self.verb, self.holder, self.key) = (folder, verb, holder, key)
  }

  var isEmpty: Bool { claimed.isEmpty && removed.isEmpty && restored.isEmpty }
  var host: String { holder.host }

  /// - Parameter remote: what the platform had accepted from the one whose place is taken.
  mutating func add(_ claim: Claim, remote: Remote? = nil, now: Instant) throws {
    claimed[claim.id] = try ClaimRecord(
      id: claim.id, intent: claim.intent, validUntil: now + holder.validity, steps: claim.steps, remote: remote, host: holder.host,
      incarnation: holder.incarnation, life: holder.life.id, version: holder.version
    ).sealed(with: key)
  }

  /// - Parameter blob: the file, of which nobody else can say that it may go.
  mutating func remove(_ id: DeliveryID, _ blob: ObjectID) { removed[id] = blob }

  /// Puts a claim back as its holder made it, under that one's seal.
  mutating func restore(_ claim: ClaimRecord, _ bytes: [UInt8]) {
    restored.append(FileEdit(path: "\(folder)/\(ClaimRecord.file(of: claim.id))", content: bytes))
  }

  /// Notes that claims are made from now on.
  mutating func begin(now: Instant) {
    beginning = ClaimingRecord(since: now, host: holder.host, incarnation: holder.incarnation, version: holder.version)
  }

  var edits: [FileEdit] {
    var edits = claimed.values.map {
      FileEdit(path: "\(folder)/\(ClaimRecord.file(of: $0.id))", content: Array($0.json.text().utf8))
    }
    edits += removed.keys.map { FileEdit(path: "\(folder)/\(ClaimRecord.file(of: $0))", content: nil) } + restored
    if let beginning { edits.append(FileEdit(path: "\(folder)/\(ClaimingRecord.file)", content: Array(beginning.json.text().utf8))) }
    return edits.sorted { $0.path < $1.path }
  }

  /// The commit message: what happens, then where it came from.
  func message() throws -> String {
    let ids = claimed.isEmpty ? Array(removed.keys) : Array(claimed.keys)
    let (verb, count) = ids.isEmpty ? ("put back the claim of", restored.count) : (self.verb, ids.count)
    let what = ids.count == 1 ? "\(ids[0].post) for \(ids[0].account)" : "\(count) deliveries"
    let sources = Set(claimed.values.map(\.intent.source.commit))
    let source = sources.count == 1 ? sources.map { "Posthorn-Source: \($0)\n" }.joined() : ""
    let given = try GivenBack.line(removed.values.sorted { $0.hex < $1.hex }, key)
    return "\(verb) \(what)\n\n\(source)Posthorn-Host: \(holder.host.filter { $0.isASCII && !$0.isWhitespace })\n\(given)"
  }
}
