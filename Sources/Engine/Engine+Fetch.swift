import Git
import Logging
import Schedule
import StateDirectory

extension Engine {
  func pollLoop() async {
    while !Task.isCancelled {
      claims.noteRunning()
      fetchSignal.raise()
      await clock.pause(for: options.interval)
    }
  }

  func fetchLoop() async {
    while await fetchSignal.wait(), !isStopping {
      readings.begun += 1
      await fetchOnce()
      await takeOver()
      readings.ended += 1
      resumeIdle()
    }
  }

  /// A failure leaves the last good schedule standing, and is said once.
  func fetchOnce() async {
    unclaimable.removeAll()
    reconsiderHeld()
    do { try await corroborateClock() } catch { fail(error) }
    let look = await claims.willRead()
    await refreshZones()
    await saying {
      try requireState()
      do {
        try await reading {
          let tip = try await repository.fetch(now: now())
          if desired.catalog == nil { try await corroborateClock(at: tip) }
          try await lookForAnother(at: tip)
          try await askHistory(at: tip)
          vouch()
          defer { recoverFlights() }  // by the schedule of now, where it can be had: what was called off is not sent by asking about it
          try await adopt(tip)
          goOn()
          try await compareMainBranch()
        }
        // Records on a branch of their own come without a commit to adopt.
        if claims.terms.areShared, observed.hasLearned { try await hear(since: desired.commit, branch: desired.settings.record.branch) }
        if let look { await claims.hasRead(look) }
        recoverFlights()
      } catch let error as GitError where error.reason == .notFound {
        // The branch is gone, and with it what keeps its last good commit from being pruned. The repository may be gone too: the first error says so.
        if let commit = desired.commit { try? await repository.keep(commit) }
        throw error
      }
    }
    if mayBeCopy, report.fetchFailure != nil { noteClaims(failing: UnknownOrigin()) }
    if mayBeCopy || isDisplaced { hearSignal.raise() }
    begin()
    pump()
    await upkeepOrSay()
  }

  /// Says, once, that the branch that is read is not the main one any more.
  private func compareMainBranch() async throws {
    guard options.comparesMainBranch, !hasComparedMainBranch else { return }
    hasComparedMainBranch = true
    guard let main = try await repository.mainBranch(), main != repository.location.branch else { return }
    logger.error(
      "the main branch of upstream is another one by now; this daemon goes on with the one that it had",
      metadata: ["main": "\(main)", "branch": "\(repository.location.branch)", "next": "start it with --branch \(main)"])
  }

  /// Reads content. A mirror that turns out to be broken is fetched anew, and it is read again.
  func reading<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    let generation = repository.generation
    do { return try await body() } catch let error as GitError where error.isDamage {
      try await repository.renew(because: error, seenIn: generation, now: now())
      return try await body()
    }
  }

  /// Takes in a tip that a record commit made.
  func adoptOrSay(_ tip: ObjectID, recordedOnto base: ObjectID?) async {
    await saying {
      try await adopt(tip, recordedOnto: base)
      goOn()
    }
  }

  func saying(_ body: () async throws -> Void) async {
    do {
      try await body()
      if report.fetchFailure != nil { logger.notice("upstream can be read again") }
      report.fetchFailure = nil
    } catch let error as StateError where !error.isNoRoom {
      fail(error)
    } catch let another as AnotherDaemon {
      noteClaims(failing: another)
    } catch {
      if report.fetchFailure.map({ "\($0)" }) != "\(error)" {
        let rest = desired.commit == nil ? "nothing is scheduled yet" : "the last good schedule stands"
        logger.error("upstream could not be read; \(rest)", metadata: ["error": "\(error)"])
      }
      report.fetchFailure = error
    }
  }
}
