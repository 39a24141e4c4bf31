import Schedule
import Support

extension Tampering {
  /// Records in the form of Posthorn that say what did not happen.
  static let records: [Tampering] = plausible.map { tampering in
    var tampering = tampering
    // A forger does not have the key.
    tampering.rules.insert("seal.broken")
    return tampering
  }

  private static let plausible: [Tampering] = [
    Tampering("a record that would be in order, but for its seal") { forger in
      try forger.record(like: try forger.history("teaser", "hook")) { $0.attempt = 2 }
    },
    Tampering("attempts are left out", "attempt.skipped") { forger in
      try forger.record(like: try forger.history("teaser", "hook")) { $0.attempt = 4 }
    },
    Tampering("an attempt is there twice, on two days", "attempt.repeated", "attempt.key", "content.time") { forger in
      try forger.record(like: try forger.history("teaser", "hook")) { $0.scheduledAt = $0.scheduledAt - .seconds(86_400) }
    },
    Tampering("a delivery went out a second time", "attempt.after-publication") { forger in
      try forger.record(like: try forger.history("launch", "acme")) { $0.attempt = 2 }
    },
    Tampering("a delivery failed after it went out", "attempt.after-publication") { forger in
      try forger.record(like: try forger.history("launch", "acme")) { ($0.attempt, $0.outcome) = (2, .failed) }
    },
    Tampering("a delivery went out before its time", "attempt.early") { forger in
      try forger.record(like: try forger.history("teaser", "hook")) { record in
        (record.attempt, record.outcome, record.finishedAt) = (2, .published, record.scheduledAt - .seconds(1))
      }
    },
    Tampering("a record has the key of another delivery", "attempt.key") { forger in
      try forger.record(like: try forger.history("teaser", "hook")) {
        ($0.attempt, $0.key) = (2, "msg_" + String(repeating: "0", count: 32))
      }
    },
    Tampering("a record is of another host than its commit", "record.host") { forger in
      try forger.record(like: try forger.history("teaser", "hook"), host: "elsewhere") { $0.attempt = 2 }
    },
    Tampering("the source is no commit", "source.unknown") { forger in
      try forger.record(like: try forger.history("teaser", "hook")) { record in
        (record.attempt, record.source.commit) = (2, String(repeating: "ab", count: 20))
      }
    },
    Tampering("the source was never merged", "source.unknown") { forger in
      try forger.clone.git("checkout", "-q", "-b", "side")
      try forger.commit(["posts/teaser.yaml": post(to: "acme, hook")])
      let unmerged = forger.commit
      try forger.clone.git("checkout", "-q", "main")
      return try forger.record(like: try forger.history("teaser", "hook")) { ($0.attempt, $0.source.commit) = (2, unmerged) }
    },
    Tampering("the source is newer than the record", "source.unknown") { forger in
      // Written down once, then given the same content again with the later commit as its parent's child.
      let file = try forger.history("teaser", "hook")
      let later = try forger.clone.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "later")
      let path = try forger.record(like: file) { ($0.attempt, $0.source.commit) = (2, later) }
      let record = forger.commit
      try forger.clone.git("merge", "-q", "--no-ff", "-m", "Merge", later)
      forger.commit = record
      return path
    },
    Tampering("the source had another file there", "source.blob") { forger in
      try forger.record(like: try forger.history("teaser", "hook")) { record in
        (record.attempt, record.source.blob) = (2, String(repeating: "cd", count: 20))
      }
    },
    Tampering("the source is by somebody else", "source.person") { forger in
      try forger.record(like: try forger.history("teaser", "hook")) { ($0.attempt, $0.source.author) = (2, "Mallory <m@example.org>") }
    },
    Tampering("something else went out than what was merged", "content.digest") { forger in
      try forger.record(like: try forger.history("teaser", "hook")) { record in
        (record.attempt, record.contentSHA256) = (2, String(repeating: "ef", count: 32))
      }
    },
    Tampering("another picture went out than what was merged", "content.media") { forger in
      try forger.record(like: try forger.history("teaser", "hook")) { record in
        record.attempt = 2
        record.media = record.media.map { MediaDigest(path: $0.path, sha256: String(repeating: "0", count: 64)) }
      }
    },
    Tampering("the post is another one", "content.post", "attempt.key", "attempt.skipped") { forger in
      try forger.record(like: try forger.history("teaser", "hook")) { ($0.attempt, $0.post) = (2, $0.post.renamed("another")) }
    },
    Tampering("an account that the post does not name", "content.account", "attempt.key") { forger in
      try forger.record(like: try forger.history("launch", "acme")) { $0.account = AccountName("hook") ?? $0.account }
    },
    Tampering("another time than the post's", "content.time", "attempt.key") { forger in
      try forger.record(like: try forger.history("teaser", "hook")) { record in
        (record.attempt, record.scheduledAt) = (2, record.scheduledAt - .seconds(1))
      }
    },
    Tampering("another zone than the post's", "content.time") { forger in
      try forger.record(like: try forger.history("teaser", "hook")) { ($0.attempt, $0.timezone) = (2, "Europe/Berlin") }
    },
  ]
}
