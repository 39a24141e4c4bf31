import CLinux
import Schedule
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Wakes whoever waits for an instant: one `timerfd` on the real-time clock, on a thread of its own, for the life of the process.
///
/// The timer is absolute and is cancelled when the clock is set, so a jump is noticed at once and everybody looks at the clock again;
/// and nobody waits longer than a minute without looking (T1). A waiter may therefore wake early: it asks the clock, not the timer.
final class WakeTimer: Sendable {
  private let timer: Int32
  private let state = Mutex(State())

  private struct State {
    var waiters: [UInt64: Waiter] = [:]
    var nextID: UInt64 = 0
    var armedFor: Alarm?
  }

  private struct Waiter {
    var instant: Instant
    var continuation: CheckedContinuation<Void, Never>
  }

  init() {
    timer = timerfd_create(CLOCK_REALTIME, Int32(TFD_CLOEXEC))
    precondition(timer >= 0, "the system gives no timerfd: errno \(errno)")
    let context = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<WakeTimer>.fromOpaque(context).takeRetainedValue().run()
      }, context.toOpaque())
    precondition(status == 0, "the system gives no thread for the timer")
    pthread_detach(thread)
  }

  /// Returns at `instant`, or earlier: when the clock was set, after a minute, when the task is cancelled.
  nonisolated(nonsending) func wait(until instant: Instant) async {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          guard !Task.isCancelled else { return true }
          state.waiters[id] = Waiter(instant: instant, continuation: continuation)
          arm(&state, for: instant)
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
    }
  }

  /// The thread: sleeps on the timer, wakes who is due, and arms it for the next.
  private func run() -> Never {
    _ = linux_name_thread(pthread_self(), "timer")
    while true {
      var expirations: UInt64 = 0
      let clockWasSet = read(timer, &expirations, 8) < 0 && errno == ECANCELED
      for continuation in state.withLock({ wakeDue(&$0, clockWasSet: clockWasSet) }) { continuation.resume() }
    }
  }

  /// Takes out who is due, or everybody where all have to look at the clock.
  private func wakeDue(_ state: inout State, clockWasSet: Bool) -> [CheckedContinuation<Void, Never>] {
    let now = Instant.now
    let all = clockWasSet || state.armedFor.map { $0.isCap } ?? false
    var (due, next) = ([UInt64](), Instant?.none)
    for (id, waiter) in state.waiters {
      if all || waiter.instant <= now { due.append(id) } else { next = min(next ?? waiter.instant, waiter.instant) }
    }
    state.armedFor = nil
    if let next { arm(&state, for: next) }
    return due.compactMap { state.waiters.removeValue(forKey: $0)?.continuation }
  }

  /// Sets the timer for `instant`, a minute ahead at most, unless it rings before that anyway.
  private func arm(_ state: inout State, for instant: Instant) {
    let cap = Instant.now + Self.longestWait
    let alarm = Alarm(instant: min(instant, cap), isCap: cap < instant)
    if let armed = state.armedFor, armed.instant <= alarm.instant { return }
    state.armedFor = alarm
    set(alarm.instant)
  }

  private func set(_ instant: Instant) {
    // A zero would disarm the timer, and what is past rings at once.
    let milliseconds = max(instant.milliseconds, 1)
    var time = itimerspec()
    time.it_value = timespec(tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
    timerfd_settime(timer, Int32(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET), &time, nil)
  }

  private static let longestWait = Duration.seconds(60)

  private struct Alarm {
    var instant: Instant
    /// It rings because of ``longestWait``: everybody looks at the clock.
    var isCap: Bool
  }
}

extension Instant {
  /// The system's real-time clock.
  static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
