import Git
import Glibc
import Logging
import Schedule
import StateDirectory
import Synchronization

// A mirror is a cache: one that cannot be relied on is fetched anew. Nothing that was not pushed lives in it alone.
extension SourceRepository {
  /// Does something with the repository. A mirror that turns out to be broken is replaced, and it is done again.
  func tended<Value>(now: Instant, _ body: (RepositoryHandle) throws -> Value) throws -> Value {
    while true {
      do { return try body(try opened()) } catch let error as GitError where error.isDamage {
        try renew(because: error, now: now)
      }
    }
  }

  /// Replaces the mirror because somebody found it broken; if it was replaced since `generation`, there is nothing left to do.
  ///
  /// - Throws: `error` itself where it is not ours to mend; ``RecordingStopped`` for the second time within an hour; what fetching throws.
  func renew(because error: GitError, seenIn generation: Int, now: Instant) throws {
    guard generation == self.generation else { return }
    try renew(because: error, now: now)
  }

  private func renew(because error: GitError, now: Instant) throws {
    guard let remote else { throw error }
    switch care.advice(at: now) {
    case .bear: throw error
    case .stop(let until): throw stopped(because: error, until: until)
    case .renew: break
    }
    logger.error("the mirror is broken and is fetched anew", metadata: ["error": "\(error)"])
    do {
      try replaceMirror(from: remote)
    } catch let failure as GitError where failure.isDamage {
      care.refuted = now
      throw failure
    }
    care.renewed = now
    try state.replace(Self.renewalFile, with: Array("\(now)\n".utf8))
  }

  private func stopped(because error: GitError, until: Instant) -> RecordingStopped {
    let stop = RecordingStopped(path: path, renewed: care.renewed ?? until, until: until, error: error)
    if stoppage?.until != until {
      logger.critical("the mirror broke twice within an hour: nothing is recorded, publishing goes on", metadata: ["error": "\(stop)"])
    }
    stoppage = stop
    return stop
  }

  /// - Throws: ``RecordingStopped`` for an hour after the mirror broke twice.
  func refuseWhileStopped(now: Instant) throws {
    guard let stoppage else { return }
    if now < stoppage.until { throw stoppage }
    self.stoppage = nil
  }

  /// Fetches a new mirror beside the old one and puts it in its place. Where that fails, the old one stays.
  func replaceMirror(from remote: RemoteSide) throws {
    let (fresh, old) = ("\(path).new", "\(path).old")
    Repository.remove(bareAt: fresh)
    Repository.remove(bareAt: old)
    try fill(fresh, from: remote)
    handle = nil
    unpushed = nil
    try move(path, to: old)
    try move(fresh, to: path)
    replaced.add(1, ordering: .relaxed)
    Repository.remove(bareAt: old)
  }

  private func fill(_ fresh: String, from remote: RemoteSide) throws {
    let repository = try Repository.create(bareAt: fresh, branch: location.branch)
    let name = Self.upstream(location.branch)
    try remote.fetch(location.branch, into: name, repository)
    // What upstream no longer has may still be scheduled. The old mirror may be too broken to give it.
    do {
      var names = [Self.keptReferences + "*": Self.keptReferences + "*"]
      if let tip = try handle?.repository.reference(name), !repository.contains(tip) { names[name] = Self.keptReference(tip) }
      try repository.copyReferences(names, from: path)
    } catch {
      logger.notice("commits that upstream no longer has are not taken over", metadata: ["error": "\(error)"])
    }
  }

  private func move(_ from: String, to: String) throws {
    guard rename(from, to) != 0, errno != ENOENT else { return }
    throw GitError(step: "move the mirror \(from) to \(to)", reason: .noSpace, detail: String(cString: strerror(errno)))
  }

  /// When the mirror was last replaced, as an earlier process left it; unreadable is as good as never.
  static func lastRenewal(in state: Folder) -> Instant? {
    guard let bytes = try? state.read(renewalFile, limit: 64) else { return nil }
    return Instant(String(decoding: bytes.dropLast(), as: UTF8.self))
  }

  private static let renewalFile = "mirror.renewed"
}
