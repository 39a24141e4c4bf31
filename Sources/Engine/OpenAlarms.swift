import Schedule

/// Attempts that ended badly, or were recorded twice, and that not everybody was told of yet.
///
/// The mark that such an attempt is recorded waits until its notices have left: killed between the two, the next process tells it again.
struct OpenAlarms: Sendable {
  /// How many notices of an attempt have not left; 0 before it is known whom to tell.
  private var notices: [AttemptID: Int] = [:]
  /// Those of them whose record is upstream.
  private(set) var recorded: Set<AttemptID> = []

  /// Those of which it is not known yet whom to tell.
  var undecided: [AttemptID] { notices.filter { $0.value == 0 }.map(\.key) }

  mutating func open(_ attempt: AttemptID) { if notices[attempt] == nil { notices[attempt] = 0 } }

  /// Its record is upstream.
  ///
  /// - Returns: whether its mark has to wait.
  mutating func holdBack(_ attempt: AttemptID) -> Bool {
    guard notices[attempt] != nil else { return false }
    recorded.insert(attempt)
    return true
  }

  mutating func add(_ count: Int, to attempt: AttemptID) { notices[attempt]? += count }

  /// Closes it if no notice is left.
  ///
  /// - Returns: whether its mark has waited for that.
  mutating func close(_ attempt: AttemptID) -> Bool {
    guard notices[attempt] == 0 else { return false }
    notices[attempt] = nil
    return recorded.remove(attempt) != nil
  }
}
