import CLinux
import Failpoints
import Glibc
import Synchronization

/// What appenders and the writer thread share: who waits, and what has come of it.
final class JournalQueue: Sendable {
  typealias Answer = Result<Range<UInt64>, StateError>

  struct Request: Sendable {
    let bodies: [[UInt8]]
    let kind: Journal.Kind
    let durability: Journal.Durability
    let written: Failpoint?
    let waiter: CheckedContinuation<Answer, Never>

    var size: Int { bodies.reduce(0) { $0 + Frame.headerSize + $1.count } }
  }

  struct State {
    var waiting: [Request] = []
    var isWriterAsleep = false
    var isClosed = false
    var hasEnded = false
    var closers: [CheckedContinuation<Void, Never>] = []
    var failure: StateError?
    var statistics = Journal.Statistics()
    var segments: [Segment]
  }

  let path: String
  let state: Mutex<State>
  /// An eventfd on which the writer sleeps; written once for each time that it fell asleep.
  private let bell: Int32

  init(path: String, segments: [Segment]) throws(StateError) {
    self.path = path
    state = Mutex(State(segments: segments))
    bell = try check("open", path) { linux_event() }
  }

  deinit { _ = Glibc.close(bell) }

  /// Queues the request, or answers it at once after a failure or the end.
  func add(_ request: Request) {
    let (wake, refusal) = state.withLock { state -> (Bool, StateError?) in
      if let failure = state.failure { return (false, StateError("append to", path, .stopped(by: failure.description))) }
      if state.isClosed { return (false, StateError("append to", path, .closed)) }
      state.waiting.append(request)
      defer { state.isWriterAsleep = false }
      return (state.isWriterAsleep, nil)
    }
    if let refusal { request.waiter.resume(returning: .failure(refusal)) }
    if wake { ring() }
  }

  /// The requests that wait now, or an empty array once the queue is closed and drained. Blocks while there are none.
  func take() -> [Request] {
    while true {
      let (taken, closed) = state.withLock { state -> ([Request], Bool) in
        let taken = state.waiting
        state.waiting = []
        state.isWriterAsleep = taken.isEmpty && !state.isClosed
        return (taken, state.isClosed)
      }
      if !taken.isEmpty || closed { return taken }
      var count: UInt64 = 0
      _ = Glibc.read(bell, &count, 8)
    }
  }

  func close() {
    let wake = state.withLock { state in
      state.isClosed = true
      defer { state.isWriterAsleep = false }
      return state.isWriterAsleep
    }
    if wake { ring() }
  }

  /// Returns once the writer has written everything and let go of its file.
  func ended() async {
    await withCheckedContinuation { closer in
      let hasEnded = state.withLock { state in
        if !state.hasEnded { state.closers.append(closer) }
        return state.hasEnded
      }
      if hasEnded { closer.resume() }
    }
  }

  func end() {
    let closers = state.withLock { state in
      state.hasEnded = true
      defer { state.closers = [] }
      return state.closers
    }
    for closer in closers { closer.resume() }
  }

  private func ring() {
    var one: UInt64 = 1
    _ = Glibc.write(bell, &one, 8)
  }
}
