import Schedule
import Support
import Testing

@Suite("A repository that means harm")
struct HostileTreeTests {
  /// Files below `posts/` whose content is refused, by name; each would be a post that is due, were it not.
  static let contents: [(name: String, text: String)] = [
    ("anchor", post("title: &a x", "options: *a")), ("tag", post("title: !evil x")), ("documents", post() + "---\n" + post()),
    ("directive", "%TAG ! tag:evil,2026:\n---\n" + post()), ("brackets", post("options: " + String(repeating: "[", count: 200_000))),
    ("twice", post("caption: again")), ("utf16", "\u{0}" + post()), ("size", post("# " + String(repeating: "x", count: 1 << 20))),
    ("scalar", post("title: " + String(repeating: "x", count: 300 << 10))), ("key", post(String(repeating: "k", count: 300) + ": x")),
    ("nodes", post("options: [" + String(repeating: "x, ", count: 20_000) + "]")), ("escape", post(#"title: "\e[31m""#)),
    ("control", post("title: \u{1B}[31m")), ("nul", post(#"title: "\0""#)),
    ("userinfo", post("media: [{url: https://a:b@c.example/x.jpg}]")),
    ("insecure", post("media: [{url: http://c.example/x.jpg}]")), ("outside", post("media: [{path: ../../etc/passwd}]")),
  ]

  /// Entries below `posts/` that are refused whatever is in them, as `git mktree` reads them; all of them hold a post that is due.
  static let entries = [
    "120000 blob POST\tlink.yaml", "160000 commit 1111111111111111111111111111111111111111\tsub.yaml",
    "100644 blob POST\tback\\\\slash.yaml",
    "100644 blob POST\tbell\\007.yaml", "100644 blob POST\t\\377.yaml", "040000 tree FOLDER\t.GIT", "100644 blob POST\tUp.yaml",
    "100644 blob POST\tup.yaml", "100644 blob POST\te\\314\\201.yaml", "100644 blob POST\t\\303\\251.yaml", "040000 tree DEEP\tdeep",
    "100644 blob POST\t\(String(repeating: "n", count: 251)).yaml",
  ]

  @Test("Row 61: whatever lies beside it, a sound post goes out in time, and everything that cannot be read is named and sends nothing")
  func beside() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/fine.yaml": post(), "posts/bidi.yaml": post(caption: "\u{202E}backwards")])
    try plant(in: host.repository.upstream)
    let start = ContinuousClock.now
    let ending = try await host.posthorn("reconcile")
    #expect([0, 1].contains(ending.status), "\(ending)")
    #expect(ContinuousClock.now - start < .seconds(30))
    #expect(host.outbox().map { $0.prefix { $0 != "." } } == ["bidi", "fine"])
    for (name, _) in Self.contents {
      #expect(ending.errors.contains("posts/\(name).yaml"), "\(name) is not named in: \(ending)")
      #expect(try host.status(name)?.state.rawValue == "held", "\(name)")
    }
    for name in ["link.yaml", "sub.yaml", "back\\slash.yaml", "bell\\u{7}.yaml", "\u{FFFD}.yaml", ".GIT", "Up.yaml", "up.yaml", "nnn.yaml"]
    {
      #expect(ending.errors.contains(name), "\(name) is not named in: \(ending)")
    }
    #expect(try host.strayPaths().isEmpty)
    let again = try await host.posthorn("reconcile")
    #expect([0, 1].contains(again.status) && host.outbox().count == 2, "\(again)")
  }

  @Test("Row 61: validate names every one of them, and its report is clean")
  func validated() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/fine.yaml": post()])
    try plant(in: host.repository.upstream)
    let ending = try await Posthorn.run(["validate", "--repo", host.repository.upstream.path, "--rev", "main"])
    #expect(ending.status == 1 && soiled(ending).isEmpty, "\(soiled(ending))")
    for (name, _) in Self.contents { #expect(ending.output.contains("posts/\(name).yaml:"), "\(name)") }
    for name in ["link.yaml", "sub.yaml", "back\\slash.yaml", "bell\\u{7}.yaml", ".GIT", "Up.yaml", "up.yaml"] {
      #expect(ending.output.contains(name), "\(name)")
    }
  }

  /// Commits all of it, object by object.
  private func plant(in upstream: GitClient) throws {
    func store(_ text: String) throws -> String { try upstream.git("hash-object", "-w", "--stdin", input: text) }
    func folder(_ lines: [String]) throws -> String {
      let quoted = lines.map { $0.replacing("\t", with: "\t\"") + "\"" }
      return try upstream.git("mktree", "--missing", input: quoted.joined(separator: "\n") + "\n")
    }
    let due = try store(post())
    let inner = try folder(["100644 blob \(due)\tinner.yaml"])
    let deep = try (0..<20).reduce(inner) { tree, level in try folder(["040000 tree \(tree)\td\(level)"]) }
    var lines = try upstream.git("ls-tree", "main:schedule/posts").split(separator: "\n").map(String.init)
    for (name, text) in Self.contents { lines.append("100644 blob \(try store(text))\t\(name).yaml") }
    lines += Self.entries.map { $0.replacing("POST", with: due).replacing("FOLDER", with: inner).replacing("DEEP", with: deep) }
    let accounts = try upstream.git("rev-parse", "main:schedule/accounts")
    let schedule = try folder(["040000 tree \(accounts)\taccounts", "040000 tree \(try folder(lines))\tposts"])
    let commit = try upstream.git("commit-tree", try folder(["040000 tree \(schedule)\tschedule"]), "-p", "main", "-m", "hostile")
    try upstream.git("update-ref", "refs/heads/main", commit)
  }
}

/// The lines of what a command wrote that hold what a terminal acts on: C0 but tab, DEL, C1, and what turns the direction of text.
func soiled(_ ending: Posthorn.Ending) -> [String] { soiled(ending.output) + soiled(ending.errors) }

func soiled(_ text: String) -> [String] {
  text.unicodeScalars.split(separator: "\n").filter { line in
    line.contains { scalar in
      switch scalar.value {
      case 0x09: false
      case 0...0x1F, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
      default: false
      }
    }
  }.map { String($0).debugDescription }
}
