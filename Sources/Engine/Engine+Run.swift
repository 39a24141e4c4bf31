import Failpoints
import Git
import Logging
public import Schedule
import StateDirectory

/// What one pass, or a daemon's life so far, has done.
public struct PassReport: Sendable {
  /// Attempts that ended, by state.
  public var outcomes: [DeliveryState.Name: Int] = [:]
  /// Deliveries that are due and wait for a cause to go, or for their account's limits.
  public var held = 0
  /// Those of them that may still go out, and do not before a person has acted: a suspension is somebody's own word, and no finding.
  public var heldForPerson = 0
  public var waiting = 0
  /// Why upstream could not be read or written, if it could not.
  public var fetchFailure: (any Error)?
  public var recordFailure: (any Error)?
  /// What is wrong with the settings, and which ones stand.
  public var settingsProblem: String?
  /// Why nothing could be claimed, if nothing could.
  public var claimFailure: (any Error)?
  /// Why something due could not be begun on this host: no room on its disk, content that cannot be read.
  public var stateFailure: (any Error)?

  /// How many files of records could not be written, because of what somebody put in their place.
  public var unwritable = 0
  /// How many attempts two daemons have recorded, which may have gone out twice, and that nobody has looked at.
  public var doubles = 0

  /// Whether nothing is recorded for now, because the mirror broke twice within an hour.
  public var isRecordingStopped: Bool { fetchFailure is RecordingStopped || recordFailure is RecordingStopped }

  mutating func count(_ state: DeliveryState.Name) { outcomes[state, default: 0] += 1 }
}

extension Engine {
  /// One pass: fetches, publishes everything that is due, records it, pushes the records.
  ///
  /// - Throws: what stops the engine itself: its journal, its lock. A failing upstream is in the report, and what is known is published all the same.
  public func reconcile() async throws -> PassReport {
    try await start()
    confirmLimit = Self.confirming
    let ended = Signal()
    let work = Task {
      await fetchOnce()
      await takeOver()
      await untilIdle()
      await takeOver()  // of what was busy a moment ago, because somebody was asked for it
      await untilIdle()
      if mayBegin { await syncDueAccounts() }
      await recordAll(tries: 5)
      ended.raise()
    }
    let beside = [
      Task { await beginWithoutUpstream() },
      Task {
        await overrunLoop()
        ended.raise()
      },
      // Whoever stops a pass waits for calls in flight, and for nobody's pace.
      Task {
        guard await stopSignal.wait(), !Task.isCancelled else { return }
        await drain()
        resumeIdle()
      },
    ]
    await ended.wait()
    for task in beside { task.cancel() }
    if overrun.error == nil { await work.value } else { await drain() }
    return try await finish()
  }

  /// Runs until ``requestStop()``: fetches on every wake and every interval, publishes on time, records as things happen.
  public func run(wakes: AsyncStream<Void>) async throws -> PassReport {
    await claims.expect(readingEvery: options.interval)
    try await start()
    let loops = [
      Task { for await _ in wakes { fetchSignal.raise() } },
      Task { await pollLoop() },
      Task { await fetchLoop() },
      Task { await recordLoop() },
      Task { await claimLoop() },
      Task { await accountLoop() },
      Task { await lookLoop() },
      Task { await overrunLoop() },
      Task { await hearLoop() },
      Task { await beginWithoutUpstream() },
    ]
    let watch = await repository.watch { [fetchSignal] in fetchSignal.raise() }
    await stopSignal.wait()
    withExtendedLifetime(watch) {}
    isStopping = true
    logger.notice("stopping", metadata: ["in_flight": "\(inFlight.count)"])
    try pass(.stopDraining)
    for loop in loops { loop.cancel() }
    await drain()
    if overrun.error == nil {  // what hangs is not waited for, and the process ends with it
      for loop in loops { await loop.value }
      await recordAll(tries: 2)
    }
    return try await finish()
  }

  /// No new claims; calls in flight end and are recorded; then ``run(wakes:)`` returns.
  public func requestStop() {
    isStopping = true
    media.stop()
    stopSignal.raise()
    resumeIdle()
  }

  /// Our own promise is broken (a flush failed, the lock is gone): stop claiming, let calls in flight end, and say why.
  func fail(_ error: any Error) {
    if failure == nil {
      failure = error
      logger.critical("stopping: what the engine stands on cannot be relied on", metadata: ["error": "\(error)"])
    }
    requestStop()
    resumeIdle()
  }

  /// Ends what only waits; a call past its commit point goes on to its end.
  private func drain() async {
    for task in inFlight.tasks { task.cancel() }
    for task in inFlight.tasks { await task.value }
  }

  /// A call to upstream that ignores its deadline cannot be cancelled, and no other one can be made: stop, and let the next start try.
  private func overrunLoop() async {
    await overrun.signal.wait()
    guard let error = overrun.error else { return }
    begin()  // what is due need not wait for the next start
    for task in inFlight.tasks { await task.value }
    fail(error)
  }

  func finish() async throws -> PassReport {
    isStopping = true
    alarm?.task.cancel()
    await tellTheRest()
    await claims.leave()
    if let failure { throw failure }
    if isWorthCheckpoint { try await checkpoint() }
    try saveClock()
    report.settingsProblem = desired.catalog?.settingsStanding.text
    countHeld()
    await countDoubles()
    report.waiting = paced.count
    return report
  }
}

extension Engine {
  /// Returns when nothing is in flight and nothing that is due waits only for its account's pace, unless it is asked to stop.
  func untilIdle() async {
    while failure == nil, !(inFlight.isEmpty && (paced.isEmpty || isStopping)) {
      await withCheckedContinuation { idleWaiters.append($0) }
    }
  }

  func resumeIdle() {
    let waiters = idleWaiters
    idleWaiters.removeAll()
    for waiter in waiters { waiter.resume() }
  }

  /// Sets the alarm for the next reminder, unless it rings before that anyway.
  func setAlarm() {
    guard !isStopping, let next = queue.next else { return }
    if let alarm, alarm.instant <= next { return }
    alarm?.task.cancel()
    alarm = Alarm(
      instant: next,
      task: Task {
        await clock.wait(next)
        guard !Task.isCancelled else { return }
        alarm = nil
        pump()
      })
  }

  struct Alarm {
    var instant: Instant
    var task: Task<Void, Never>
  }
}
