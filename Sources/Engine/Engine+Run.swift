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
  public var waiting = 0
  /// Why upstream could not be read or written, if it could not.
  public var fetchFailure: (any Error)?
  public var recordFailure: (any Error)?

  mutating func count(_ state: DeliveryState.Name) { outcomes[state, default: 0] += 1 }
}

extension Engine {
  /// One pass: fetches, publishes everything that is due, records it, pushes the records.
  ///
  /// - Throws: what stops the engine itself: its journal, its lock. A failing upstream is in the report, and what is known is published all the same.
  public func reconcile() async throws -> PassReport {
    try await start()
    confirmLimit = .seconds(60)
    await fetchOnce()
    await untilIdle()
    await recordAll(tries: 5)
    return try await finish()
  }

  /// Runs until ``requestStop()``: fetches on every wake and every interval, publishes on time, records as things happen.
  public func run(wakes: AsyncStream<Void>) async throws -> PassReport {
    try await start()
    let loops = [
      Task { for await _ in wakes { fetchSignal.raise() } },
      Task { await pollLoop() },
      Task { await fetchLoop() },
      Task { await recordLoop() },
    ]
    await stopSignal.wait()
    isStopping = true
    logger.notice("stopping", metadata: ["in_flight": "\(inFlight.count)"])
    for loop in loops { loop.cancel() }
    for (_, task) in inFlight { task.cancel() }  // ends what only waits; a call past its commit point goes on
    for (_, task) in inFlight { await task.value }
    for loop in loops { await loop.value }
    await recordAll(tries: 2)
    return try await finish()
  }

  /// No new claims; calls in flight end and are recorded; then ``run(wakes:)`` returns.
  public func requestStop() {
    isStopping = true
    stopSignal.raise()
  }

  /// Our own promise is broken (a flush failed, the lock is gone): stop claiming, let calls in flight end, and say why.
  func fail(_ error: any Error) {
    if failure == nil {
      failure = error
      logger.critical("stopping: the state directory cannot be relied on", metadata: ["error": "\(error)"])
    }
    requestStop()
    resumeIdle()
  }

  private func finish() async throws -> PassReport {
    isStopping = true
    alarm?.task.cancel()
    for notification in notifications { await notification.value }
    if let failure { throw failure }
    try await checkpoint()
    report.held = heldWhenDue.count
    report.waiting = paced.count
    return report
  }
}

// MARK: - Fetching

extension Engine {
  private func pollLoop() async {
    while !Task.isCancelled {
      fetchSignal.raise()
      await clock.pause(until: now() + options.interval)
    }
  }

  private func fetchLoop() async {
    while await fetchSignal.wait(), !isStopping { await fetchOnce() }
  }

  /// A failure leaves the last good schedule standing, and is said once.
  private func fetchOnce() async {
    reconsiderHeld()
    await saying {
      try await adopt(try await repository.fetch())
      try await upkeep()
    }
  }

  /// Takes in a tip that a record commit made.
  func adoptOrSay(_ tip: ObjectID) async {
    await saying { try await adopt(tip) }
  }

  private func saying(_ body: () async throws -> Void) async {
    do {
      try await body()
      if report.fetchFailure != nil { logger.notice("upstream can be read again") }
      report.fetchFailure = nil
    } catch let error as StateError where !error.isNoRoom {
      fail(error)
    } catch {
      if report.fetchFailure.map({ "\($0)" }) != "\(error)" {
        let rest = desired.commit == nil ? "nothing is scheduled yet" : "the last good schedule stands"
        logger.error("upstream could not be read; \(rest)", metadata: ["error": "\(error)"])
      }
      report.fetchFailure = error
    }
  }
}

// MARK: - Recording

extension Engine {
  /// Commits as things happen: at once after a quiet time, then `record.interval` apart, and further apart when a commit takes long.
  private func recordLoop() async {
    var failures = 0
    var earliest = Instant.distantPast
    while await recordSignal.wait(), !Task.isCancelled {
      await clock.pause(until: earliest)
      guard !Task.isCancelled else { return }
      let started = now()
      let isDone = await recordOnce()
      failures = isDone ? 0 : failures + 1
      let pause = isDone ? max(desired.settings.record.interval, (now() - started) * 2) : backoff(failures)
      earliest = now() + pause
      if !isDone || hasUnrecorded { recordSignal.raise() }
    }
  }

  /// Records everything that is left, in as many commits as it takes.
  private func recordAll(tries: Int) async {
    var failures = 0
    while hasUnrecorded, failures < tries {
      if await recordOnce() { continue }
      failures += 1
      if failures < tries { await clock.pause(until: now() + backoff(failures)) }
    }
  }

  /// - Returns: whether it worked. A failure is said once, and everything is kept for the next try.
  private func recordOnce() async -> Bool {
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

  /// One second, then twice as long each time, five minutes at most, give or take a quarter.
  private func backoff(_ failures: Int) -> Duration {
    min(.seconds(1) * (1 << min(failures - 1, 9)), .seconds(300)) * Double.random(in: 0.75...1.25)
  }
}

// MARK: - Idling

extension Engine {
  /// Returns when nothing is in flight and nothing that is due waits only for its account's pace.
  private func untilIdle() async {
    while failure == nil, !(inFlight.isEmpty && paced.isEmpty) {
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
    guard !isStopping, inFlight.count < options.inFlightLimit, let next = queue.next else { return }
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
