import Git
import Logging
import Schedule
import StateDirectory

extension Engine {
  /// Commits as things happen: at once after a quiet time, when what is landing has landed, and then as ``RecordPace`` says.
  func recordLoop() async {
    var failures = 0
    var pace = RecordPace()
    while await recordSignal.wait(), !Task.isCancelled {
      await gather(pace)
      guard !Task.isCancelled else { return }
      let (started, waiting) = (clock.sinceBoot(), unrecordedCount)
      let isDone = await recordOnce()
      failures = isDone ? 0 : failures + 1
      if isDone {
        pace.commit(of: min(waiting, Self.batchLimit), from: started, to: clock.sinceBoot(), interval: desired.settings.record.interval)
      } else {
        pace.fail(at: clock.sinceBoot(), pause: backoff(failures))
      }
      if !isDone || hasUnrecorded { recordSignal.raise() }
    }
  }

  /// Returns when it is time for a commit.
  private func gather(_ pace: RecordPace) async {
    let start = clock.sinceBoot()
    while !Task.isCancelled {
      let wait = pace.wait(
        for: unrecordedCount, since: start, isLanding: inFlight.landing > 0, interval: desired.settings.record.interval,
        now: clock.sinceBoot())
      guard wait > .zero else { return }
      let timer = Task {
        await clock.pause(for: wait)
        if !Task.isCancelled { ripeSignal.raise() }
      }
      await ripeSignal.wait()
      timer.cancel()
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
    recordings.begun += 1
    defer {
      recordings.ended += 1
      resumeIdle()
    }
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
          metadata: ["error": "\(error)", "waiting": "\(unrecordedCount)"])
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
  var mayPass: Bool {
    switch (self as? GitError)?.reason {
    case .network, .timeout, .locked, .missingObject, .noSpace, .other: true
    case .auth, .certificate, .hostKey, .notFound, .corrupt, .notFastForward, .rejected, .tooLarge, .unsupported, .invalid: false
    case nil: !(self is RecordingStopped)
    }
  }
}
