import Platforms
import Schedule
import StateDirectory

/// What stands in a member's key: which process of which state directory it is.
struct EtcdMember: Equatable, Sendable {
  /// For people.
  var host: String
  /// The state directory's path; for people: on a cloned machine it is the same.
  var state: String
  /// The start of the process (N5); `nil` in what an older version wrote.
  var life: String?
  /// The file whose lock a process has for as long as it lives, by its machine's boot, its device and its number; `nil` where that is not known.
  var place: String?

  init(host: String, state: String, life: String?, place: String?) {
    (self.host, self.state, self.life, self.place) = (host, state, life, place)
  }

  /// Reads what ``bytes`` writes, now or in an older version; `nil` for anything else.
  init?(_ bytes: [UInt8]) {
    // What is wrong with it does not matter: it is somebody else's.
    // What is wrong with it does not matter: its holder is somebody else.
    guard let json = try? JSON.parse(bytes), let host = json["host"]?.string, let state = json["state"]?.string else { return nil }
    self.init(host: host, state: state, life: json["life"]?.string, place: json["place"]?.string)
  }

  var bytes: [UInt8] {
    let json: JSON = ["host": .string(host), "state": .string(state), "life": JSON(life), "place": JSON(place)]
    return json.compactBytes()
  }

  /// Whether that member surely is no more, to a process that has the lock of its own directory: it is this very process, whose last
  /// registration was lost, or had the lock that is ours now. The same name and path prove nothing: a cloned machine has them too.
  func outlives(_ other: EtcdMember) -> Bool {
    if let life, life == other.life { return true }
    return place != nil && place == other.place
  }
}

extension EtcdClaims.Identity {
  /// - Parameter boot: the machine's boot; empty where it is not known.
  init(_ incarnation: Incarnation, _ life: Life, host: String, state: Folder, boot: String) throws(StateError) {
    let lock = boot.isEmpty ? nil : try state.lockPlace()
    self.init(
      incarnation: incarnation.id, host: host, state: state.path, life: life.id,
      place: lock.map { String(ContentDigest.sha256("\(boot) \($0)".utf8).prefix(32)) })
  }
}
