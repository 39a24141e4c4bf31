public import Schedule
public import StateDirectory

/// What this host knows about seals and nobody who can push may change (N2): the file `seals` in the state directory, replaced and flushed.
struct SealMemory: Equatable, Sendable {
  /// Keys that this host has sealed with, or that a person here vouched for.
  var pinned: Set<String> = []
  /// The commit onto which this directory recorded under seal for the first time, in hexadecimal; empty where that was the first of its branch.
  var sealedOnto: String?
  /// Records that nobody vouches for, of deliveries of which they say more than is known here.
  var records: [DeliveryID: Unsealed] = [:]

  struct Unsealed: Equatable, Sendable {
    /// From the repository's root.
    var path: String
    /// The file's content as git names it.
    var blob: String
    var standing: Standing

    enum Standing: String, Sendable {
      /// Somebody else may have written it: its delivery is held.
      case held
      /// It pretends to be of this directory, which knows better.
      case forged
      /// What it says is known by now, or a person has spoken.
      case settled
    }
  }

  init() {}

  init(of state: Folder) throws(StateError) {
    self.init()
    guard let bytes = try state.readSecret(Self.name, limit: 64 << 20) else { return }
    do { self = try SealMemory(json: try JSON.parse(bytes)) } catch {
      throw StateError("read", state.path(of: Self.name), .damaged(offset: 0, why: "it is not what posthorn wrote there"))
    }
  }

  func save(in state: Folder) throws(StateError) { try state.replace(Self.name, with: json.bytes()) }

  static let name = "seals"
}

extension SealMemory {
  var json: JSON {
    let records = records.sorted { $0.key < $1.key }.map { id, record -> JSON in
      [
        "post": .string(id.post.text), "account": .string(id.account.text), "path": .string(record.path), "blob": .string(record.blob),
        "standing": .string(record.standing.rawValue),
      ]
    }
    return [
      "pinned": .array(pinned.sorted().map(JSON.string)), "sealed_onto": JSON(sealedOnto), "records": .array(records),
    ]
  }

  private struct Malformed: Error {}

  init(json: JSON) throws {
    guard let members = json.object, let pinned = members["pinned"]?.array, let records = members["records"]?.array else {
      throw Malformed()
    }
    self.pinned = Set(pinned.compactMap(\.string))
    sealedOnto = members["sealed_onto"]?.string
    for record in records.compactMap(\.object) {
      guard let post = record["post"]?.string.flatMap({ PostID($0) }), let account = record["account"]?.string.flatMap({ AccountName($0) }),
        let path = record["path"]?.string, let blob = record["blob"]?.string,
        let standing = record["standing"]?.string.flatMap({ Unsealed.Standing(rawValue: $0) })
      else { throw Malformed() }
      self.records[DeliveryID(post: post, account: account)] = Unsealed(path: path, blob: blob, standing: standing)
    }
  }
}

/// A record that nobody vouches for, as `doctor` names it.
public struct DoubtfulRecord: Sendable {
  public let id: DeliveryID
  /// From the repository's root.
  public let path: String
  /// Whether it pretends to be of this state directory: then it changes nothing. The delivery of another one is held.
  public let isForged: Bool

  /// Those that a state directory knows, and that nobody has settled.
  public static func all(in state: Folder) throws(StateError) -> [DoubtfulRecord] {
    try SealMemory(of: state).records.filter { $0.value.standing != .settled }.sorted { $0.key < $1.key }
      .map { DoubtfulRecord(id: $0.key, path: $0.value.path, isForged: $0.value.standing == .forged) }
  }
}
