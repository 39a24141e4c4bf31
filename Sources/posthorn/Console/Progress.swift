import Glibc
import Schedule
import Synchronization

/// A line on a terminal that says how far a long work is, and vanishes with it.
///
/// It appears after half a second and is drawn anew ten times a second at most, by whichever thread comes by.
final class Progress: Sendable {
  private let label: String
  private let total: Int
  private let done = Atomic<Int>(0)
  private let drawing: Mutex<Drawing>

  private struct Drawing {
    var next: Instant
    var isShown = false
  }

  /// `nil` where nobody watches: no terminal, or `-q`.
  init?(_ label: String, of total: Int, on console: Console) {
    guard console.detail >= .normal, Output.error.isTerminal else { return nil }
    self.label = label
    self.total = total
    drawing = Mutex(Drawing(next: .now + .milliseconds(500)))
  }

  func advance(by count: Int) {
    let done = min(done.add(count, ordering: .relaxed).newValue, total)
    // Somebody else who is drawing says nearly the same.
    _ = drawing.withLockIfAvailable { drawing in
      let now = Instant.now
      guard now >= drawing.next else { return }
      drawing = Drawing(next: now + .milliseconds(100), isShown: true)
      Output.error.write("\r\(label) \(done) of \(total) (\(done * 100 / max(total, 1)) %)\u{1B}[K")
    }
  }

  /// Clears the line.
  func finish() {
    drawing.withLock { drawing in
      if drawing.isShown { Output.error.write("\r\u{1B}[K") }
      drawing.next = .distantFuture
    }
  }
}
