import Schedule
import StateDirectory

/// What a state directory remembers of another one that publishes, or did, in a file of its own: the repository's word for it can be pushed away.
struct KnownKeeper: Sendable {
  /// With our own question, as of when it was put to it; `nil` where no other one is known.
  private(set) var record: DaemonRecord?
  private let state: Folder?
  private var isKept = true

  /// Remembers nothing beyond the process.
  init() { state = nil }

  init(of state: Folder) throws(StateError) {
    self.state = state
    guard let bytes = try state.read(Self.name, limit: 65_536) else { return }
    do { record = try DaemonRecord(json: try JSON.parse(bytes)) } catch {
      throw StateError("read", state.path(of: Self.name), .damaged(offset: 0, why: "it is not what posthorn wrote there"))
    }
  }

  /// - Throws: ``StateError`` where that cannot be kept beyond the process: it is remembered until then, and kept as soon as it can be.
  mutating func remember(_ record: DaemonRecord?) throws(StateError) {
    guard record != self.record || !isKept else { return }
    (self.record, isKept) = (record, false)
    if let record { try state?.replace(Self.name, with: Array(record.json.text().utf8)) } else { try state?.remove(Self.name) }
    isKept = true
  }

  private static let name = "another"
}
