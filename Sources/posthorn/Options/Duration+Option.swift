import Schedule

extension Duration {
  /// What an option says, if it was given; at least a second.
  static func option(_ name: String, _ text: String?) throws(Failure) -> Duration? {
    guard let text else { return nil }
    let duration: Duration
    do { duration = try parse(text) } catch { throw .usage("\(name) \(error)") }
    guard duration >= .seconds(1) else { throw .usage("\(name) \(text) is too short; it is at least 1s") }
    return duration
  }
}
