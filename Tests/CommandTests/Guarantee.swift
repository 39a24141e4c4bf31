/// The sentences of the README's *Guarantees*, each with the beginnings of the display names of its tests.
enum Guarantee {
  static let tests: [String: [String]] = [
    """
    Nothing goes out before its instant, or later than its grace, an hour unless set, however long a disk, a connection or a sleep takes; then it \
    is `missed`, and its history says so.
    """: [
      "A daemon publishes at the post's time, not before it", "Later than its grace it is missed, not sent", "Row 58:",
      "Row 80: A flush that lasts longer than the grace", "A connection that takes longer than the grace",
    ],
    """
    The intent is on disk before an attempt is prepared, the commit point before the one call that cannot be taken back, and the outcome before \
    anything says so.
    """: ["Row 4:", "Row 8:", "Rows 4, 8 and 44:"],
    "A crash before the commit point runs the attempt again, and makes one call.": ["Row 3:", "Row 17:"],
    """
    After a crash behind it, or an answer that cannot be read, nothing is sent again blindly: the platform is asked, and where it cannot be asked \
    the delivery is `in_doubt` until a person says how it ended: `posthorn resolve`.
    """: ["Rows 5, 6 and 7:", "Row 10:", "A doubt ends by a person's word"],
    """
    Only a refusal that is certain is tried again, after 5, 15 and 30 minutes, and that delivery alone. Nothing of an attempt begins before the wait \
    for it is over, whatever a platform has to prepare.
    """: [
      "After 5, 15 and 30 minutes", "An account that succeeded is not called again", "A failure of content or policy is final at once",
      "What was refused before its instant or after it is not begun again",
    ],
    """
    What went out, or may have, is never sent again, whatever is edited, moved, removed or added again, under a new name of its file, its id or its \
    account either: there it is held, and what to write is said, unless the post says `repeats:` or a person says `posthorn retry --again`.
    """: [
      "What was published is never sent again", "A post that is moved keeps its identity", "Row 62:",
      "What went out is held where it is asked for again under another name", "What is in doubt is held under another name",
      "One change that renames and reschedules it", "repeats: says that it is meant", "A person's word lets it go out once more",
    ],
    """
    What failed, was missed or is in doubt is told to the accounts under `notify`, and ends a pass with 1; what two daemons were made to record \
    twice does, until somebody has looked: `posthorn resolve POST ACCOUNT --seen`. Whoever asks for `at_risk` there hears once of a delivery that \
    a receiver refuses in a way that may pass (404, 423, 425), while it is still tried again.
    """: [
      "It is told when it first comes, not before", "Who is named in notify is told of a failure", "Later than its grace it is missed",
      "A double by a copy and a wrong word",
    ],
    "On a full disk nothing new begins, and what was begun still ends.": ["Row 19:"],
    "A write or flush that fails stops the daemon, and the next start finds what had been promised.": ["Row 20:"],
    """
    A journal that is damaged publishes nothing and names the file and the place; what a power cut tore off its end is kept beside it.
    """: ["A damaged journal stops everything", "Row 23:", "Row 24:", "Row 25:"],
    """
    A state directory that is new, was lost or came back from an old copy repeats nothing: what was due before and has no record is asked about, \
    or in doubt; and unless it has been in its place since this machine was started, nothing goes out before upstream has answered.
    """: [
      "Row 73: An older copy in the directory's place", "An older copy over the directory is recognized",
      "After a restart of the machine nothing goes out",
      "What was due before a new state directory was made", "Row 28:", "Row 29:",
    ],
    """
    A clock that leapt, is behind what was recorded here, or was compared with no server's yet holds what is due, and makes nobody gone, until a \
    server's clock agrees or a person confirms it; what is recorded from ahead of it speaks against it under a seal of this host's key alone, \
    and for no longer than a day.
    """: [
      "Row 58:", "Row 59:", "N3: what a key of this host has sealed from ahead", "A server's clock that agrees lets go",
      "A person's word lets go",
      "Row 79: A new state directory asks its accounts' servers",
      "Row 78: A runner whose clock is ahead takes over nothing", "Row 84: A record from the future holds nobody up",
    ],
    """
    One daemon owns a state directory, and a second one is refused and told who it is; under `--claims push` or `etcd`, of two that want the same delivery \
    one gets it.
    """: [
      "Row 30:", "Of two who want the same one gets it", "Two jobs at once, as often as cron starts them",
      "Row 70: A directory and its copy publish at the same time",
    ],
    """
    A second state directory on a repository, be it a copy of the first, publishes nothing while the first may be alive, and says who that is: it \
    asks in `status/daemon.json`, and goes on when there is no answer, or at a person's word: `posthorn resume --take-over`; a daemon that slept \
    for longer than that sends nothing before upstream has answered. To remove or forge that file ends nobody's time to answer.
    """: [
      "Row 33:", "A first one that stays silent", "A person's word that the first one is gone",
      "Row 70: A copy of the directory of a running daemon",
      "Row 71: A daemon that was stopped while another one took over", "Row 71: Whoever was suspended in the middle of an attempt",
      "Whoever publishes for another one's place", "Whoever waits for a daemon that lives", "One that is gone is waited for",
      "A state directory that has just been made looks for who published",
    ],
    """
    A branch that was rewritten or deleted arms nothing, not after a restart with other zone data or without the schedule on disk either: the last \
    good schedule stands, and its commit is kept, until a person names the commit to go on from: `posthorn resume --rewritten COMMIT`. `doctor`, \
    `status` and those whom `notify` tells of what is held hear both commits; what the new history brings passes what every push has to.
    """: [
      "Row 37:", "Row 77:", "A person names the commit that a rewritten branch goes on from",
      "A word about a rewritten branch is for the commit",
      "doctor, status and who is told of holds name both commits",
    ],
    """
    A remote that hangs or is down delays no publication of a daemon that runs, or comes back where it was within the time in which its silence \
    means nothing, and what could not be recorded is kept until it can be.
    """: [
      "Row 34:", "Row 49:", "Row 90: A daemon that comes back within a boot", "A start after a longer stop than a take-over takes",
    ],
    "Records touch `history/` and `status/` alone, are never forced, and start over when somebody else pushed.": [
      "No push is lost, no record touches another file", "Row 45:",
    ],
    "An invalid post, or a hostile file, is held alone, and its status says why.": ["An invalid post is held with its reason", "Row 61:"],
    "More deliveries than `policy.burst` that one push makes due at once are held until a person lets them go.": [
      "More than the policy lets through at once", "Row 63:",
    ],
    "A secret is sent to the origin that it was bound to, and stands nowhere but in its owner-only file.": [
      "Are not sent to another scheme, host or port", "A webhook's secret is in its credential file and nowhere else",
    ],
    """
    Whoever edits, removes or forges records changes nothing while the state directory lives, and `posthorn audit` names the commit and the file. \
    What was removed or written over repeats nothing for a runner with an empty disk either: the branch's history still has it.
    """: [
      "Row 64:", "Each of forty tamperings is found", "Row 83: A forged record of this very state directory changes nothing",
      "A runner with an empty disk sends nothing again", "A runner that had read the branch before sends nothing again",
    ],
    """
    A record of another daemon that is not under the seal of a key of ours neither ends its delivery nor frees it: it is `held`, with the file and \
    what to type, until a person or a sealed record says how it ended. At worst a forger delays, or makes a doubt that is said aloud.
    """: ["Row 83: A record of another daemon that nobody vouches for", "A person who looked says that what an unsealed record"],
    """
    Records are looked for on every branch that `record.branch` has named, so to rename or remove it repeats nothing; one that is gone leaves doubts.
    """: ["Row 72:"],
    "Settings with an error change nothing: the last good ones stand, aloud, and where none are known everything is held.": [
      "The last good settings stand", "An unknown key, or an unknown account under notify",
    ],
    """
    Where the host names who may sign, nothing is adopted that none of them signed, whatever the settings say and whatever time a commit gives.
    """: ["Row 76:", "Row 81:"],
    """
    What somebody writes or removes below `status/claims` delays a delivery as long as an honest claim does, or leaves it in doubt, aloud: nothing is \
    sent because of it, with other content, before its time, or a second time.
    """: [
      "What was sent under a claim that is gone is not sent again", "Whoever writes over a living claim one that is over",
      "Row 75: A claim publishes no content that no commit", "Row 74: A claim on another attempt of what went out",
      "A claim on what is due later",
      "A claim that says to hold for years", "Who can push to the branch of the records alone",
    ],
    """
    Whoever can push any branch, and has no key of ours, reaches at worst a delay that ends by itself, a hold, or a doubt, each said aloud: a claim \
    without a good seal forbids, and neither it nor a record nor a person's word without one is a source of facts.
    """: [
      "Whoever can push any branch", "What a claim says that a platform accepted ends nothing", "A word without the seal of a key",
      "Without the seal of a key that the host has it lets nothing go",
    ],
  ]
}
