internal import CGit2
internal import Glibc

/// How an attempt to move a reference ended.
public enum Swap: Hashable, Sendable {
  case moved
  /// Somebody else was there first; the reference is at `current`, nil if it does not exist.
  case lost(current: ObjectID?)
}

extension Repository {
  /// Moves the reference `name` to `new` if it is at `old`, nil meaning that it does not exist, under git's own lock:
  /// no commit of anybody else is lost. C function: `git_reference_create_matching`.
  ///
  /// A lock that somebody holds is waited for with jitter, up to `patience`. An error is not believed: the reference is read again.
  ///
  /// - Throws: ``GitError``; `.locked`, with the lock's path, owner and age, if it was not released in time. The reference did not move then.
  public func compareAndSwap(
    reference name: String, from old: ObjectID?, to new: ObjectID, message: String, patience: Duration = .seconds(10)
  ) throws(GitError) -> Swap {
    // Moved, the commit is reachable; lost, it is of no use; after an error the caller makes it again.
    defer { keeps.release() }
    let end = BootClock.now + patience
    while true {
      let status = swap(name, old ?? .zero, new, message)
      if status >= 0 { return .moved }
      var error = GitError(step: "move \(name) to \(new)", status: status)
      if let current = try? reference(name), current == new { return .moved }  // The error stands if the reference cannot be read either.
      if status == GIT_EMODIFIED.rawValue || status == GIT_EEXISTS.rawValue || (status == GIT_ENOTFOUND.rawValue && old != nil) {
        return .lost(current: try reference(name))
      }
      guard status == GIT_ELOCKED.rawValue else { throw error }
      guard BootClock.now < end else {
        error = GitError(step: error.step, reason: .locked, detail: lockHolder(of: name) ?? error.detail)
        throw error
      }
      usleep(UInt32.random(in: 5_000...50_000))
    }
  }

  /// Returns once nobody holds the lock of the reference `name`, which is waited for with jitter, up to `patience`. Ask it before writing a
  /// commit in a repository of others: one whose reference cannot move stays there as garbage.
  ///
  /// - Throws: ``GitError``; `.locked`, with the lock's path, owner and age.
  public func waitForLock(of name: String, patience: Duration = .seconds(10)) throws(GitError) {
    let end = BootClock.now + patience
    while let detail = lockHolder(of: name) {
      guard BootClock.now < end else { throw GitError(step: "move \(name)", reason: .locked, detail: detail) }
      usleep(UInt32.random(in: 5_000...50_000))
    }
  }

  private func swap(_ name: String, _ old: ObjectID, _ new: ObjectID, _ message: String) -> Int32 {
    var (old, new) = (old.raw, new.raw)
    var made: OpaquePointer?
    defer { git_reference_free(made) }
    return git_reference_create_matching(&made, raw, name, &new, 1, &old, message)
  }

  /// Which lock is in the way, whose it is, and since when.
  private func lockHolder(of name: String) -> String? {
    for path in ["\(commonPath)\(name).lock", "\(path)\(name).lock", "\(commonPath)packed-refs.lock"] {
      var facts = stat()
      guard stat(path, &facts) == 0 else { continue }
      let age = max(0, time(nil) - facts.st_mtim.tv_sec)
      let owner = getpwuid(facts.st_uid).flatMap { $0.pointee.pw_name.map { String(cString: $0) } } ?? "user \(facts.st_uid)"
      return "\(path) is held by \(owner) since \(age) s; remove it if no git process of theirs is running"
    }
    return nil
  }
}
