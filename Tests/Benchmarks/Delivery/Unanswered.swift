/// Connections whose answer is to come later. All wait equally long, so that the first to come is the first to go.
struct Unanswered {
  private var waiting: [(descriptor: Int32, until: Int64)] = []
  private var first = 0

  mutating func add(_ descriptor: Int32, until moment: Int64) { waiting.append((descriptor, moment)) }

  /// Its client has gone.
  mutating func forget(_ descriptor: Int32) {
    waiting.removeSubrange(..<first)
    first = 0
    waiting.removeAll { $0.descriptor == descriptor }
  }

  /// One that has waited long enough.
  mutating func next() -> Int32? {
    guard first < waiting.count, waiting[first].until <= Clocks.steady else { return nil }
    first += 1
    return waiting[first - 1].descriptor
  }

  /// Milliseconds until the next one has, a tenth of a second at most.
  var patience: Int32 {
    guard first < waiting.count else { return 100 }
    return Int32(clamping: min(100, max(0, (waiting[first].until - Clocks.steady + 999_999) / 1_000_000)))
  }
}
