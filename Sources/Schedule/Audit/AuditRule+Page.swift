extension AuditRule {
  /// What `audit --explain RULE` prints above what to do.
  public struct Page: Sendable {
    /// One line, for lists.
    public let summary: String
    /// Why it is never Posthorn that does this, and what it may mean.
    public let text: String
  }

  public var page: Page { fileHistoryPage ?? sealPage ?? attemptPage ?? statusPage }

  private static func page(_ summary: String, _ text: String) -> Page { Page(summary: summary, text: text) }

  private var fileHistoryPage: Page? {
    switch self {
    case .historyChanged:
      Self.page(
        "a history file was changed after it was written",
        "Each attempt has one file, written once. Whoever changes it changes what is known of what went out.")
    case .historyRemoved:
      Self.page(
        "a history file was removed",
        "Without the record of a delivery that went out, a new state directory does not know of it; where claims or seals do not say more, it may "
          + "go out once again.")
    case .historyRenamed:
      Self.page(
        "a history file was renamed", "The name says which attempt it is; under another name it is passed over, as if it were gone.")
    case .historyForeign:
      Self.page(
        "a history file was added by a commit that is no record commit",
        "Posthorn records as the author and committer Posthorn, in commits without merges that name their host. What others add is not believed "
          + "without a seal.")
    case .historyUnreadable:
      Self.page("a history file is no record", "It is passed over. Posthorn writes JSON of the form that posthorn schema history prints.")
    case .historyName:
      Self.page(
        "a history file is about another attempt than its name says",
        "The place follows from the post, the account, the attempt and its time; such a file is passed over.")
    case .historyDouble:
      Self.page(
        "two daemons recorded the same attempt",
        "Both were past the commit point, so it may have gone out twice: a state directory was copied while both copies ran, or a person took over "
          + "from a daemon that was still there. The history has the first record; the file below status/doubles has both, until somebody says "
          + "that they have looked.")
    case .commitSignature:
      Self.page(
        "a commit that may schedule something has no signature that counts",
        "policy.require_signed held where it was made. A daemon with the same signers has not adopted it.")
    case .recordTouches:
      Self.page(
        "a record commit changed something beside history and status",
        "Posthorn writes nothing else, so somebody else made a commit in its name.")
    case .recordHost:
      Self.page(
        "one record commit has the records of several hosts or state directories",
        "One process makes a record commit, out of what it did itself. Somebody else made this one in its name.")
    default: nil
    }
  }

  private var sealPage: Page? {
    switch self {
    case .sealMissing:
      Self.page(
        "a record has no seal, and records had been sealed before it",
        "From the first key on, every record carries the signature of the host that wrote it. One without is believed by no daemon: its delivery is "
          + "held where the record would matter. An older version of posthorn that still runs somewhere writes such records too.")
    case .sealBroken:
      Self.page(
        "the seal of a record is not of what it says",
        "The record was changed after it was sealed, or the seal was taken from another one. It is believed by no daemon.")
    case .sealUnknown:
      Self.page(
        "the seal of a record is of a key that counts for nothing here",
        "The repository did not know the key when the record was written, or, with --seal-key, nothing leads from it to that one. A key that was "
          + "lost and replaced looks the same: a person vouches for the new one with posthorn resume --new-key.")
    case .keyForged:
      Self.page(
        "a key's file was not written by whoever has the key",
        "The file of a key is under its own seal, and a key that says that an older one vouches for it has that one's signature. Neither can be "
          + "made without the private keys.")
    case .keyRemoved:
      Self.page(
        "a key was removed",
        "What was recorded under it cannot be verified any more, and a new state directory holds what only these records tell of.")
    default: nil
    }
  }

  private var attemptPage: Page? {
    switch self {
    case .attemptSkipped:
      Self.page(
        "an attempt is missing before this one",
        "Attempts are numbered from 1 and each has a file; one was taken away, or this one is made up.")
    case .attemptRepeated:
      Self.page("an attempt was recorded a second time", "Each attempt of a delivery has one record, whatever day it is filed under.")
    case .attemptAfterPublication:
      Self.page(
        "an attempt follows a publication",
        "What went out is never sent again, so either record may be made up, or it went out twice: look at the account.")
    case .attemptEarly:
      Self.page(
        "an attempt began before its time", "Nothing goes out before its instant, or before the wait of the attempt before it is over.")
    case .attemptKey:
      Self.page(
        "the key of an attempt is not that of its delivery",
        "The key follows from the post, the account, the instant and the attempt with which the arming began; receivers tell repeats by it."
      )
    case .sourceUnknown:
      Self.page(
        "the commit that a record names as its source was not on the branch before it",
        "Whatever goes out was asked for by a commit of the branch. A branch that was rewritten since looks the same.")
    case .sourceBlob:
      Self.page("the source has another file than the record says", "The record names the file of the post as git names its content.")
    case .sourcePerson:
      Self.page("the author or committer of the source is somebody else", "The record repeats who asked for it, as the commit has it.")
    case .contentDigest:
      Self.page("the content is another one than what was merged", "The record has the SHA-256 of the file of the post in its source.")
    case .contentPost:
      Self.page("the file of the source is of another post", "Its id is not the one that was recorded.")
    case .contentAccount:
      Self.page("the post did not ask for this account", "Its file in the source does not name the account that the record is about.")
    case .contentTime:
      Self.page(
        "the time is not the one that was asked for", "Wall clock, zone and instant follow from the file in the source and the zone data.")
    case .contentMedia:
      Self.page("a file that went with the post is another one than what was merged", "The record has the SHA-256 of each file.")
    default: nil
    }
  }

  private var statusPage: Page {
    switch self {
    case .statusForeign:
      Self.page(
        "a status file was changed by a commit that is no record commit",
        "Status follows from history; whoever writes it by hand misleads people, and no daemon.")
    case .statusUnreadable: Self.page("a file below status is not what its place says", "It is passed over.")
    case .statusName:
      Self.page(
        "a file below status is about something else than its name says", "It is passed over. The place follows from what it is about.")
    case .statusRemoved:
      Self.page("the status of a post that is still there was removed", "Only the status of a post that lies elsewhere now goes away.")
    case .statusPost:
      Self.page("a status file is of a post that there never was", "Each status is about a file that a commit of the branch has.")
    default:
      Self.page(
        "a status is not what the history says",
        "The state, the attempts and the times of a delivery follow from its records. A daemon of another time zone or version says the same."
      )
    }
  }
}
