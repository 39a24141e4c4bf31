/// What Posthorn never does to a repository, so that finding it means that somebody else did. The ids are stable.
public enum AuditRule: String, CaseIterable, Hashable, Sendable {
  case historyChanged = "history.changed"
  case historyRemoved = "history.removed"
  case historyRenamed = "history.renamed"
  /// Added by a commit that is no record commit.
  case historyForeign = "history.foreign"
  case historyUnreadable = "history.unreadable"
  /// The file's name is not what its content says.
  case historyName = "history.name"
  /// Two daemons recorded the same attempt.
  case historyDouble = "history.double"

  /// Recorded without a seal, after records had been sealed.
  case sealMissing = "seal.missing"
  /// The seal is of something else.
  case sealBroken = "seal.broken"
  /// Of a key that was not known, or that leads to none of the auditor's.
  case sealUnknown = "seal.unknown"
  /// A key in a file that its owner did not write, or that an older key does not vouch for.
  case keyForged = "key.forged"
  case keyRemoved = "key.removed"

  /// Not signed, or by nobody who may, where `policy.require_signed` held.
  case commitSignature = "commit.signature"

  /// A record commit changed something beside history and status.
  case recordTouches = "record.touches"
  /// One record commit with the records of several hosts or state directories.
  case recordHost = "record.host"

  case attemptSkipped = "attempt.skipped"
  case attemptRepeated = "attempt.repeated"
  case attemptAfterPublication = "attempt.after-publication"
  case attemptEarly = "attempt.early"
  case attemptKey = "attempt.key"

  /// The commit that asked for it was not on the branch before it.
  case sourceUnknown = "source.unknown"
  case sourceBlob = "source.blob"
  case sourcePerson = "source.person"
  case contentDigest = "content.digest"
  case contentPost = "content.post"
  case contentAccount = "content.account"
  case contentTime = "content.time"
  case contentMedia = "content.media"

  /// Changed or removed by a commit that is no record commit.
  case statusForeign = "status.foreign"
  case statusUnreadable = "status.unreadable"
  case statusName = "status.name"
  case statusRemoved = "status.removed"
  /// Of a post that there never was.
  case statusPost = "status.post"
  /// Not what the history derives.
  case statusState = "status.state"

  /// What to do about it.
  public var advice: String {
    switch self {
    case .historyChanged, .historyRemoved, .historyRenamed:
      "bring the file back as it was: git checkout COMMIT^ -- FILE, and commit; ask who made the commit"
    case .historyForeign, .historyUnreadable:
      "posthorn alone writes history; look with: git show COMMIT -- FILE, and take the file out again if nobody can vouch for it"
    case .historyDouble:
      "it may have gone out twice: look at the account, take back what is too much, then say so: posthorn resolve POST ACCOUNT --seen"
    case .sealMissing, .sealBroken, .sealUnknown:
      "somebody else wrote it, or a daemon whose key was lost: look at the account, and ask who pushed it: git log -1 COMMIT"
    case .keyForged: "posthorn alone writes keys; ask who pushed it: git log -1 COMMIT, and take the file out again: git rm FILE"
    case .keyRemoved: "bring the file back as it was: git checkout COMMIT^ -- FILE, and commit; ask who made the commit"
    case .commitSignature: "ask its committer, and see what it let go out: git show --show-signature COMMIT"
    case .recordTouches, .recordHost:
      "posthorn makes no such commit; find out who pushed it, and take back what it changed: git show COMMIT"
    case .statusForeign, .statusUnreadable, .statusName, .statusRemoved, .statusPost, .statusState:
      "trust the history, not this file: posthorn history POST; the daemon writes the status anew when the post moves on"
    case .historyName, .attemptSkipped, .attemptRepeated, .attemptAfterPublication, .attemptEarly, .attemptKey, .sourceUnknown,
      .sourceBlob, .sourcePerson, .contentDigest, .contentPost, .contentAccount, .contentTime, .contentMedia:
      "compare it with the account and with the daemon's log; look with: git show COMMIT -- FILE"
    }
  }
}
