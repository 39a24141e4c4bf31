import Schedule

/// Which delivery is to be looked at next, earliest first: a binary heap.
///
/// An entry is only a reminder. What a delivery needs is decided when it comes up, so a stale entry costs one look and nothing is
/// ever searched for or removed in the middle.
struct DueQueue {
  private var heap: [Entry] = []

  struct Entry: Comparable {
    var instant: Instant
    /// When the delivery itself was due: of those that come up together, the one that has waited longest is first.
    var due: Instant
    var id: DeliveryID

    static func < (left: Entry, right: Entry) -> Bool { (left.instant, left.due) < (right.instant, right.due) }
  }

  /// When the first entry comes up.
  var next: Instant? { heap.first?.instant }
  var count: Int { heap.count }

  /// - Parameter due: when the delivery was due, if that is not `instant`.
  mutating func push(_ id: DeliveryID, at instant: Instant, due: Instant? = nil) {
    heap.append(Entry(instant: instant, due: due ?? instant, id: id))
    var child = heap.count - 1
    while child > 0, heap[child] < heap[(child - 1) / 2] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// The first entry, if it comes up no later than `limit`.
  mutating func pop(through limit: Instant) -> Entry? {
    guard let first = heap.first, first.instant <= limit else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return first }
    heap[0] = last
    sink()
    return first
  }

  mutating func removeAll() { heap.removeAll() }

  private mutating func sink() {
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[smallest] {
        smallest = child
      }
      guard smallest != parent else { return }
      heap.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
