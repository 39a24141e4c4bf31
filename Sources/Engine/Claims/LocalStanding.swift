import Schedule
import StateDirectory

/// What a daemon under local claims knows of who publishes, and for how long that counts (N6). Pure: readings come in.
///
/// Another one takes over after a silence, which begins when upstream was read last: what was heard then permits calls that end before.
struct LocalStanding: Sendable {
  /// What the repository says of who publishes from it.
  enum Says: Sendable {
    case nothing
    /// It could not be said there that it is us. What is due goes out all the same; the next look at upstream brings another try.
    case unsaid
    case ours
    case others(AnotherDaemon)
  }

  var says = Says.nothing
  /// After what silence others believe that this daemon is gone.
  var answersWithin: Duration
  /// When the last reading of upstream began that was answered.
  private(set) var heard: BootMemory.Moment?
  /// When the process was last known to run.
  private(set) var awake: BootMemory.Moment
  /// Since when it runs again, where it did not for so long that somebody may have taken over, and upstream has not been heard since.
  private var awakeAgain: Moment?
  /// When it was found last that upstream does not answer.
  private var unanswered: BootMemory.Moment?

  typealias Moment = BootMemory.Moment

  init(answersWithin: Duration, heard: Moment? = nil, awake: Moment) {
    (self.answersWithin, self.heard, self.awake) = (answersWithin, heard, awake)
  }

  /// Whether a call that takes so long at most may begin now.
  ///
  /// Where upstream does not answer, a process that has been running all the while goes on: publishing does not depend on git.
  func allows(_ duration: Duration, now: Moment) -> Bool {
    if case .others = says { return false }
    if isFresh(for: duration, now: now) { return true }
    return awakeAgain == nil && age(of: awake, now: now) <= allowance && unanswered.map { age(of: $0, now: now) <= Self.shortly } ?? false
  }

  /// Whether nothing has to be said upstream before something goes out.
  var isSettled: Bool {
    switch says {
    case .ours, .unsaid: true
    case .nothing, .others: false
    }
  }

  /// Whether what was heard still counts when a call ends that begins now.
  func isFresh(for duration: Duration, now: Moment) -> Bool {
    heard.map { age(of: $0, now: now) + duration + Self.margin <= answersWithin } ?? false
  }

  /// Whether upstream was found not to answer a moment ago, so that nobody need wait for it again.
  func isCutOff(now: Moment) -> Bool { unanswered.map { age(of: $0, now: now) <= Self.moment } ?? false }

  /// - Parameter moment: when the reading began: one that was under way before a sleep says nothing of what happened in it.
  mutating func hear(at moment: Moment) {
    (heard, unanswered) = (moment, nil)
    if let awakeAgain, moment.sinceBoot >= awakeAgain.sinceBoot { self.awakeAgain = nil }
  }

  mutating func noteUnanswered(at moment: Moment) { unanswered = moment }

  mutating func noteRunning(at moment: Moment) {
    if age(of: awake, now: moment) > allowance { awakeAgain = moment }
    awake = moment
  }

  /// A person says that nobody else publishes.
  mutating func believeWord(at moment: Moment) {
    (awakeAgain, unanswered, awake) = (nil, moment, moment)
    if case .others = says { says = .unsaid }
  }

  /// For so long without a look nobody can have taken over.
  private var allowance: Duration { answersWithin - ClaimTerms().longestCall - Self.margin }

  /// By the clock that says more: one that was suspended may find either of them behind.
  private func age(of moment: Moment, now: Moment) -> Duration { max(now.sinceBoot - moment.sinceBoot, now.wall - moment.wall) }

  /// What two clocks, and the way of a call, are given.
  static let margin = Duration.seconds(5)
  /// Upstream that has not answered is not asked again for each delivery.
  private static let moment = Duration.seconds(2)
  /// A commit point's flush is over by then, or the call is not made.
  private static let shortly = Duration.seconds(30)
}

extension DaemonRecord {
  /// The shortest silence after which somebody is taken for gone: the longest call, and a minute.
  static func silence(readingEvery interval: Duration) -> Duration {
    min(max(ClaimTerms().longestCall + .seconds(60), interval * 3), .seconds(86_400))
  }
}
