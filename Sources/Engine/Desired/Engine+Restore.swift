import Git
import Logging
import Schedule
import StateDirectory

extension Engine {
  /// Takes up the schedule where it was left. What is on disk is a cache: where it is damaged, or was computed with other zone data, the
  /// schedule is read again at the commit that was adopted, so that nothing else passes for it.
  func restoreDesired() async throws {
    defer { savedDesired = nil }
    await relyOnSettings()
    do {
      if let saved = try await savedDesired?.value {
        desired.restore(saved, catalog: try await reading { try await content.catalog(at: saved.commit) })
        if await !content.agrees(with: saved.zones) {
          logger.notice(
            "the zone data changed; every time is computed again", metadata: ["from": "\(saved.tzdata)", "to": "\(desired.tzdata)"])
          try await readAnew(at: saved.commit)
        }
      } else if let anchor {
        try await readAnew(at: anchor)
      }
      await trustKeys(as: desired.settings)
    } catch let error as StateError where error.isDamage {
      await desiredFile.reset()
      logger.error("the saved schedule is damaged and is read again from the repository", metadata: ["error": "\(error)"])
      try await readAnchored()
    } catch  where error is GitError || error is RecordingStopped {
      await forgetDesired(error)
    }
  }

  private func readAnchored() async throws {
    do { if let anchor { try await readAnew(at: anchor) } } catch  where error is GitError || error is RecordingStopped {
      await forgetDesired(error)
    }
  }

  private func forgetDesired(_ error: any Error) async {
    desired = Desired(tzdata: desired.tzdata)
    await desiredFile.reset()
    logger.notice("the saved schedule's commit is not here any more; everything is read again", metadata: ["error": "\(error)"])
  }

  /// Computes the schedule at a commit that was adopted before.
  private func readAnew(at commit: ObjectID) async throws {
    var base = desired
    base.commit = nil
    let adoption = try await reading { try await content.adoption(from: base, to: commit) }
    let isUnknown = desired.isEmpty
    let effects = try await takeUp(adoption)
    if isUnknown, observed.hasLearned { try await findRenamed(nil) }
    await desiredFile.reset()
    try await save()
    look(at: effects.touched)
  }
}
