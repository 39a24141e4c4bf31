import Logging
import Schedule
import StateDirectory

/// N5: a directory has no identity that its copy has not. A start in its own place, as this machine remembers it, goes on at once; any other
/// one may be of a copy, and sends nothing before upstream has answered or a person has said that nobody else publishes.
extension Engine {
  /// Takes in what this machine remembers of the directory.
  func recallOrigin() async throws {
    switch origin {
    case .inPlace: remember()
    case .unknown: memory?.forget()
    case .older:
      memory?.forget()
      guard observed.hasLearned else { return }
      logger.error("the state directory is an older copy of what was here: what was due since is asked about, or in doubt")
      try await append([.restored(at: pastEnd(now()))])
    }
  }

  /// Upstream has answered, or a person has: from here on this directory is the one in its place.
  func vouch() {
    guard mayBeCopy || !isRemembered else { return }
    mayBeCopy = false
    remember()
    if report.claimFailure is UnknownOrigin { report.claimFailure = nil }
  }

  /// Another one publishes: the next start has to ask upstream, wherever it is.
  func leavePlace() {
    memory?.forget()
    isRemembered = false
    hasAskedHistory = false
  }

  private func remember() {
    isRemembered = true
    memory?.begin(incarnation: incarnation.id, life: life.id, commitPoint: log.journal.recovery.last)
  }

  /// Asks upstream sooner than every interval while nothing may be published before it has answered.
  func hearLoop() async {
    while await hearSignal.wait(), !Task.isCancelled {
      while let pause = pauseBeforeHearing, !Task.isCancelled {
        await clock.pause(for: pause)
        fetchSignal.raise()
      }
    }
  }

  private var pauseBeforeHearing: Duration? {
    guard mayBeCopy || isDisplaced else { return nil }
    guard let silentUntil else { return mayBeCopy || isUnheard ? Self.patienceUnheard : nil }
    return max(Self.patienceWithUpstream, silentUntil - now() + .milliseconds(100))
  }

  private var isUnheard: Bool { report.claimFailure is Unheard }

  private static let patienceUnheard = Duration.seconds(15)
}

extension Engine {
  /// A start in its own place waits for upstream for a moment, as a push may call something off, and not longer than until something is due: it
  /// may be down, or hang, and publishing does not depend on it.
  func beginWithoutUpstream() async {
    guard !mayBeCopy else { return }
    try? await Task.sleep(for: patienceAtStart())  // cancelled, it ends all the sooner
    if !Task.isCancelled { begin() }
  }

  private func patienceAtStart() -> Duration {
    let now = now()
    var end = now + Self.patienceWithUpstream
    desired.forEach(through: end + .seconds(60)) { post in
      for delivery in post.deliveries {
        let (begin, deadline) = (delivery.scheduledAt - lead(of: delivery), delivery.scheduledAt + delivery.grace - .seconds(1))
        if begin >= now { end = min(end, begin) } else if deadline >= now, deadline < end { end = min(end, max(now, deadline)) }
      }
    }
    return max(.zero, end - now)
  }

  static let patienceWithUpstream = Duration.seconds(5)
}

extension BootMemory.Origin {
  /// The process that had the directory before, where it is certain that it has ended and that the directory is what it left.
  var life: String? {
    guard case .inPlace(let facts) = self else { return nil }
    return facts.life
  }
}
