/// What sends posts instead of us.
enum Rival: String, CaseIterable {
  case scheduler = "APScheduler"
  case cron = "cron + Python"
  case queue = "Celery"

  /// Those that this machine can run.
  static func all(_ stand: Stand) -> [Rival] {
    guard stand.peers.environment != nil else { return [] }
    return stand.peers.hasRedis ? allCases : allCases.filter { $0 != .queue }
  }

  /// - Parameter delay: seconds after which the receiver answers.
  func trial(_ count: Int, answeredAfter delay: Double, _ stand: Stand, _ python: String) throws(BenchFailure) -> Trial {
    switch self {
    case .scheduler:
      let timetable = Timetable(count: count, perSecond: count, lead: SchedulerTrial.lead(posts: count))
      return try SchedulerTrial(stand: stand, timetable: timetable, delay: delay, python: python).run()
    case .cron: return try CronTrial(stand: stand, count: count, delay: delay, python: python).run()
    case .queue: return try QueueTrial(stand: stand, count: count, delay: delay, python: python).run()
    }
  }
}
