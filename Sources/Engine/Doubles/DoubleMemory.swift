public import Schedule
public import StateDirectory

/// Attempts that two daemons have recorded, as this host knows of them: the file `doubles` in the state directory, replaced and flushed. What
/// somebody pushes takes none of them away.
public struct DoubleMemory: Equatable, Sendable {
  private var open: [AttemptID: DoubleRecord] = [:]

  init() {}

  public init(of state: Folder) throws(StateError) {
    guard let bytes = try state.readSecret(Self.name, limit: 256 << 20) else { return }
    do {
      for json in try JSON.parse(bytes).array ?? [] { add(try DoubleRecord(json: json)) }
    } catch {
      throw StateError("read", state.path(of: Self.name), .damaged(offset: 0, why: "it is not what posthorn wrote there"))
    }
  }

  /// Those that nobody has looked at, in order.
  public var all: [DoubleRecord] { open.values.sorted { ($0.id, $0.attempt.number) < ($1.id, $1.attempt.number) } }
  var attempts: Set<AttemptID> { Set(open.keys) }

  /// - Returns: whether it is news.
  @discardableResult
  mutating func add(_ double: DoubleRecord) -> Bool { open.updateValue(double, forKey: double.attempt) == nil }

  /// - Returns: how many there were of the delivery.
  mutating func remove(of id: DeliveryID) -> Int {
    let count = open.count
    open = open.filter { $0.key.delivery != id }
    return count - open.count
  }

  func save(in state: Folder) throws(StateError) { try state.replace(Self.name, with: JSON.array(all.map(\.json)).bytes()) }

  static let name = "doubles"
}
