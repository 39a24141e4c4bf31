import Git
import Logging
import Schedule
import StateDirectory

extension Engine {
  func pollLoop() async {
    while !Task.isCancelled {
      fetchSignal.raise()
      await clock.pause(until: now() + options.interval)
    }
  }

  func fetchLoop() async {
    while await fetchSignal.wait(), !isStopping {
      await fetchOnce()
      await takeOver()
    }
  }

  /// A failure leaves the last good schedule standing, and is said once.
  func fetchOnce() async {
    reconsiderHeld()
    await corroborateClock()
    let reading = await claims.willRead()
    await saying {
      try requireState()
      try await adopt(try await repository.fetch())
      if let reading { await claims.hasRead(reading) }
      try await upkeep()
    }
  }

  /// Takes in a tip that a record commit made.
  func adoptOrSay(_ tip: ObjectID) async {
    await saying { try await adopt(tip) }
  }

  func saying(_ body: () async throws -> Void) async {
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
