import Schedule
import Support

/// One thing that somebody does to a repository, and what `audit` has to call it.
struct Tampering: Sendable {
  var name: String
  var rules: Set<String>
  /// Returns the file below `schedule/` that the audit has to name.
  var act: @Sendable (inout Forger) throws -> String

  init(_ name: String, _ rules: String..., act: @escaping @Sendable (inout Forger) throws -> String) {
    (self.name, self.rules, self.act) = (name, Set(rules), act)
  }
}

extension Tampering {
  static let launch = "status/posts/launch.json"

  static let files: [Tampering] = [
    Tampering("an outcome is edited", "history.changed") { forger in
      let file = try forger.history("old", "acme")
      try forger.commit([file: try forger.text(file).replacing("\"missed\"", with: "\"published\"")])
      return file
    },
    Tampering("an outcome is edited in the form of a record commit", "history.changed") { forger in
      let file = try forger.history("old", "acme")
      try forger.record([file: try forger.text(file).replacing("\"missed\"", with: "\"published\"")])
      return file
    },
    Tampering("a record is removed", "history.removed") { forger in
      let file = try forger.history("launch", "acme")
      try forger.commit([file: nil])
      return file
    },
    Tampering("a record is renamed", "history.renamed") { forger in
      let file = try forger.history("launch", "acme")
      try forger.commit([file: nil, "history/2020/01/01/launch/acme.1.json": try forger.text(file)])
      return file
    },
    Tampering("a person adds a record", "history.foreign") { forger in
      let file = try forger.history("teaser", "hook").replacing("hook.1", with: "hook.2")
      try forger.commit([
        file: try forger.text(file.replacing("hook.2", with: "hook.1")).replacing("\"attempt\": 1", with: "\"attempt\": 2")
      ])
      return file
    },
    Tampering("a merge adds a record", "history.foreign") { forger in
      let file = "history/2020/01/01/launch/acme.9.json"
      try forger.clone.git("checkout", "-q", "-b", "side", "HEAD~1")
      try forger.commit(["media/a.txt": "a"])
      try forger.clone.git("checkout", "-q", "main")
      try forger.clone.git("merge", "-q", "--no-commit", "--no-ff", "side")
      try forger.commit([file: "{}"])
      return file
    },
    Tampering("a merge drops the records of the branch", "history.removed") { forger in
      let file = try forger.history("launch", "acme")
      let first = try forger.clone.git("rev-list", "--max-parents=0", "HEAD")
      try forger.clone.git("checkout", "-q", "-B", "side", first)
      try forger.commit(["media/a.txt": "a"])
      try forger.clone.git("merge", "-q", "-s", "ours", "-m", "Merge", "main")
      forger.commit = try forger.clone.git("rev-parse", "HEAD")
      try forger.clone.git("branch", "-q", "-f", "main", "side")
      try forger.clone.git("checkout", "-q", "main")
      return file
    },
    Tampering("something else is recorded", "history.unreadable") { forger in
      try forger.record(["history/2026/11/27/launch/acme.2.json": "{\"schema\": 1}\n"])
      return "history/2026/11/27/launch/acme.2.json"
    },
    Tampering("a record has the name of another one", "history.name", "attempt.repeated") { forger in
      try forger.record(["history/2026/11/27/old/acme.2.json": try forger.text(try forger.history("old", "acme"))])
      return "history/2026/11/27/old/acme.2.json"
    },
    Tampering("a record commit changes a post", "record.touches") { forger in
      try forger.record(["posts/later.yaml": post(due: 90_000)])
      return "posts/later.yaml"
    },
    Tampering("a person edits a status", "status.foreign") { forger in
      try forger.commit([launch: try forger.text(launch).replacing("\"published\"", with: "\"failed\"")])
      return launch
    },
    Tampering("a person removes a status", "status.foreign") { forger in
      try forger.commit([launch: nil])
      return launch
    },
    Tampering("a status is no status", "status.unreadable") { forger in
      try forger.record([launch: "[]\n"])
      return launch
    },
    Tampering("a status has the name of another one", "status.name") { forger in
      try forger.record(["status/posts/later.json": try forger.text(launch)])
      return "status/posts/later.json"
    },
    Tampering("the status of a post that is there is removed", "status.removed") { forger in
      try forger.record([launch: nil])
      return launch
    },
    Tampering("a status is of a post that there never was", "status.post") { forger in
      try forger.record(["status/posts/nobody.json": try forger.text(launch).replacing("launch", with: "nobody")])
      return "status/posts/nobody.json"
    },
    Tampering("a status gives the post another id", "status.post") { forger in
      try forger.status(launch) { $0.post = $0.post.renamed("nobody") }
    },
  ]

  static let statuses: [Tampering] = [
    Tampering("a status says published, and nothing went out", "status.state") { forger in
      try forger.status("status/posts/old.json") { $0.deliveries[0].state = .published }
    },
    Tampering("a status says failed, and it went out", "status.state") { forger in
      try forger.status(launch) { $0.deliveries[0].state = .failed }
    },
    Tampering("a status has more attempts than there are", "status.state") { forger in
      try forger.status(launch) { $0.deliveries[0].attempts = 3 }
    },
    Tampering("a status went out at another time", "status.state") { forger in
      try forger.status(launch) { $0.publishedAt = $0.publishedAt.map { $0 - .seconds(60) } }
    },
    Tampering("a status tries again at another time", "status.state") { forger in
      try forger.status("status/posts/teaser.json") { status in
        for index in status.deliveries.indices {
          status.deliveries[index].nextAttemptAt = status.deliveries[index].nextAttemptAt.map { $0 + .seconds(60) }
        }
      }
    },
    Tampering("a status leaves an account out", "status.state") { forger in
      try forger.status("status/posts/teaser.json") { $0.deliveries.removeLast() }
    },
  ]
}

extension PostID {
  func renamed(_ text: String) -> PostID { PostID(text) ?? self }
}
