import Git
import Logging
import Schedule
import StateDirectory

extension Engine {
  /// Commits as things happen: at once after a quiet time, then `record.interval` apart, and further apart when a commit takes long.
  func recordLoop() async {
    var failures = 0
    var earliest = clock.sinceBoot()
    while await recordSignal.wait(), !Task.isCancelled {
      await clock.pause(for: earliest - clock.sinceBoot())
      guard !Task.isCancelled else { return }
      let started = clock.sinceBoot()
      let isDone = await recordOnce()
      failures = isDone ? 0 : failures + 1
      let pause = isDone ? max(desired.settings.record.interval, (clock.sinceBoot() - started) * 2) : backoff(failures)
      earliest = clock.sinceBoot() + pause
      if !isDone || hasUnrecorded { recordSignal.raise() }
    }
  }

  /// Records everything that is left, in as many commits as it takes. What a person has to mend is not tried again: the next pass does that.
  func recordAll(tries: Int) async {
    var failures = 0
    while hasUnrecorded, failures < tries, failure == nil {
      if await recordOnce() { continue }
      failures += 1
      guard let failure = report.recordFailure, failure.mayPass else { return }
      if failures < tries { await clock.pause(for: backoff(failures)) }
    }
  }

  /// - Returns: whether it worked. A failure is said once, and everything is kept for the next try.
  func recordOnce() async -> Bool {
    do {
      try await recordBatch()
      if report.recordFailure != nil { logger.notice("records reach upstream again") }
      report.recordFailure = nil
      return true
    } catch let error as StateError where !error.isNoRoom {
      fail(error)
      return false
    } catch {
      if report.recordFailure.map({ "\($0)" }) != "\(error)" {
        logger.error(
          "records could not be pushed; outcomes are kept in the state directory",
          metadata: ["error": "\(error)", "waiting": "\(observed.unrecorded.count)"])
      }
      report.recordFailure = error
      return false
    }
  }

  /// One second, then twice as long each time, five minutes at most, up to half as long again: a commit that was pruned while
  /// it was made has to be made again in another second.
  func backoff(_ failures: Int) -> Duration {
    min(.seconds(1) * (1 << min(failures - 1, 9)), .seconds(300)) * Double.random(in: 1...1.5)
  }
}

extension Error {
  /// Whether another try a few seconds later may find the cause gone.
  fileprivate var mayPass: Bool {
    switch (self as? GitError)?.reason {
    case .network, .timeout, .locked, .missingObject, .noSpace, .other: true
    case .auth, .certificate, .hostKey, .notFound, .corrupt, .notFastForward, .rejected, .tooLarge, .unsupported, .invalid: false
    case nil: !(self is RecordingStopped)
    }
  }
}
