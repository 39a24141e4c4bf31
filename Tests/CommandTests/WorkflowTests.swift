import Foundation
import Support
import Synchronization
import Testing

@Suite("The workflows that init writes")
struct WorkflowTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder("workflow")
    _ = try Program.run(["init"], in: folder.path)
  }

  @Test(
    "A run edits the comment that an earlier one wrote, and takes nobody else's for it",
    arguments: [
      Forge(file: ".github/workflows/posthorn.yml", author: "github-actions[bot]"),
      Forge(file: ".forgejo/workflows/posthorn.yml", author: "forgejo-actions"), Forge(file: ".gitlab-ci.yml", author: "project_1_bot"),
    ])
  func comment(forge: Forge) throws {
    let comments = Comments(forge)
    let server = try Receiver { comments.answer($0) }
    defer { server.stop() }
    comments.add("just words", by: "ana")
    comments.add("<!-- posthorn plan -->\nnot ours", by: "stranger")
    for plan in ["<!-- posthorn plan -->\nfirst \"plan\"\n", "<!-- posthorn plan -->\nsecond $plan\n"] {
      try folder.write(plan, to: "plan.md")
      try run(["bash", "-euc", try script("Comment", of: forge)], environment: forge.environment(server.url("/api")))
      #expect(comments.all.count == 3)
      #expect(comments.all[2] == .init(author: forge.author, body: plan))
    }
    #expect(comments.all[1].body == "<!-- posthorn plan -->\nnot ours" && comments.refusals == 0)
  }

  @Test("The plan is that of merging, whether the branch or its merge is checked out", arguments: ["HEAD", "merged"])
  func plan(checkedOut: String) throws {
    let git = try GitClient.create(at: folder.path("work"))
    _ = try Program.run(["init"], in: git.path)
    try git.commit([:])
    try git.git("branch", "topic")
    try git.commit(["schedule/posts/other.yaml": "scheduled_time: 2036-11-27T09:00\ntimezone: UTC\naccounts: [outbox]\n"])
    try git.git("update-ref", "refs/remotes/origin/main", "main")
    try git.git("checkout", "-q", "topic")
    try git.commit(["schedule/posts/ours.yaml": "scheduled_time: 2036-11-28T09:00\ntimezone: UTC\naccounts: [outbox]\n"])
    if checkedOut == "merged" { try git.git("merge", "-q", "--no-edit", "main") }
    let bin = URL(fileURLWithPath: Posthorn.path).deletingLastPathComponent().path
    try run(
      ["bash", "-euc", try script("Plan", of: Forge(file: ".github/workflows/posthorn.yml", author: ""))], in: git.path,
      environment: ["PATH": "\(bin):/usr/bin:/bin", "GITHUB_BASE_REF": "main", "GITHUB_STEP_SUMMARY": folder.path("summary.md")])
    let summary = try Posthorn.text(folder.path("summary.md"))
    #expect(summary.hasPrefix("<!-- posthorn plan -->\n### Posthorn: 1 to go out\n") && summary.contains("<code>ours</code>"))
  }

  @Test(
    "A repository gets the workflow of the forge that its remote is on, or of the one that is named; without a remote those of all",
    arguments: [
      ("https://github.com/acme/news.git", [], [".github/workflows/posthorn.yml"]),
      ("git@gitlab.example.com:acme/news.git", [], [".gitlab-ci.yml"]),
      ("ssh://git@codeberg.org/acme/news", [], [".forgejo/workflows/posthorn.yml"]),
      ("https://git.example.com/x", ["--forge", "forgejo"], [".forgejo/workflows/posthorn.yml"]),
      ("/srv/news.git", [], [".forgejo/workflows/posthorn.yml", ".github/workflows/posthorn.yml", ".gitlab-ci.yml"]),
    ])
  func forges(remote: String, options: [String], files: [String]) throws {
    let git = try GitClient.create(at: folder.path("forge"))
    try git.git("remote", "add", "origin", remote)
    let ending = try Program.run(["init"] + options, in: git.path)
    #expect(ending.errors.contains("POSTHORN_SOURCE"))
    let found = try git.git("ls-files", "-o", "--exclude-standard").split(separator: "\n").map(String.init).filter { $0.hasPrefix(".") }
    #expect(found.sorted() == files)
  }

  @Test(
    "It runs for the schedule and itself, never for records, and not before it knows where posthorn is",
    arguments: [".github/workflows/posthorn.yml", ".forgejo/workflows/posthorn.yml", ".gitlab-ci.yml"])
  func triggers(file: String) throws {
    let reading = """
      import sys, yaml
      file = yaml.safe_load(open(sys.argv[1]))
      on = file.get(True)
      if on:
        assert on["push"]["paths"] == on["pull_request"]["paths"] == ["schedule/**", "!schedule/history/**", "!schedule/status/**", sys.argv[2]], on
        assert file["jobs"]["posthorn"]["if"] == "vars.POSTHORN_SOURCE != ''"
        assert any(s.get("uses", "").startswith("actions/cache@") for s in file["jobs"]["posthorn"]["steps"])
      else:
        for job in ["posthorn", "posthorn plan"]:
          rules = file[job]["rules"]
          assert rules[0] == {"if": "$POSTHORN_SOURCE == null", "when": "never"}
          assert all(p.split("/")[1] not in ("history", "status", "**") for p in rules[1]["changes"]), rules
        assert file["posthorn"]["cache"]["paths"]
      """
    try run(["python3", "-c", reading, folder.path(file), file])
  }

  @Test("posthorn is built once for each of its versions", arguments: [".github/workflows/posthorn.yml", ".gitlab-ci.yml"])
  func built(file: String) throws {
    let forge = Forge(file: file, author: "")
    let script = try forge.isGitLab ? installation() : script("Install posthorn", of: forge)
    let source = try GitClient.create(at: folder.path("source"))
    try source.commit(["x": "y"])
    try folder.write("#!/bin/sh\nexit 0\n", to: "bin/apt-get", mode: 0o755)
    try folder.write(
      "#!/bin/sh\necho built >> \(folder.path("log"))\nmkdir -p \(folder.path("opt/posthorn/.build/release"))\necho one > \(folder.path("opt/posthorn/.build/release/posthorn"))\n",
      to: "bin/swift", mode: 0o755)
    for _ in 1...3 {
      try? FileManager.default.removeItem(atPath: folder.path("opt/posthorn"))  // Each run has a new disk, but for what is kept.
      try FileManager.default.createDirectory(atPath: folder.path("usr"), withIntermediateDirectories: true)
      try run(
        [
          "bash", "-euc",
          script.replacing("/opt/", with: folder.path + "/opt/").replacing("/usr/local/bin/", with: folder.path("usr") + "/"),
        ],
        environment: [
          "PATH": folder.path("bin") + ":/usr/bin:/bin", "SOURCE": source.path, "POSTHORN_SOURCE": source.path,
          "BUILT": folder.path("kept"),
          "CI_PROJECT_DIR": folder.path("project"),
        ])
    }
    #expect(try Posthorn.text(folder.path("usr/posthorn")) == "one\n")
    #expect(try Posthorn.text(folder.path("log")) == "built\n")
  }

  @Test(
    "With --source every step of a run does its work as it is written, one after another",
    arguments: [".github/workflows/posthorn.yml", ".forgejo/workflows/posthorn.yml"])
  func steps(file: String) throws {
    let comments = Comments(Forge(file: file, author: "github-actions[bot]"))
    let server = try Receiver { comments.answer($0) }
    defer { server.stop() }
    let project = try GitClient.create(at: folder.path("project"))
    try project.commit(["README.md": "posthorn"])
    let git = try GitClient.create(at: folder.path("work"))
    let ending = try Program.run(["init", "--source", "https://git.example/posthorn"], in: git.path)
    #expect(ending.status == 0 && !ending.errors.contains("POSTHORN_SOURCE"))
    try git.commit([:])
    try git.git("update-ref", "refs/remotes/origin/main", "main")
    try git.commit(["schedule/posts/ours.yaml": "scheduled_time: 2036-11-28T09:00\ntimezone: UTC\naccounts: [outbox]\n"])
    try folder.write("#!/bin/sh\nexit 0\n", to: "bin/apt-get", mode: 0o755)
    let built = folder.path("opt/posthorn/.build/release")
    try folder.write(
      "#!/bin/sh\nmkdir -p \(built)\nprintf '#!/bin/sh\\nexec \(Posthorn.path) \"$@\"\\n' > \(built)/posthorn\n", to: "bin/swift",
      mode: 0o755)
    for name in ["usr", "home"] { try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true) }
    let reading = """
      import sys, yaml
      job = yaml.safe_load(open(sys.argv[1]))["jobs"]["posthorn"]
      assert "if" not in job, job
      steps = [s for s in job["steps"] if "run" in s]
      assert all(s["env"]["SOURCE"] == "${{ vars.POSTHORN_SOURCE || 'https://git.example/posthorn' }}" for s in steps[:2]), steps
      print("\\0".join(s["run"] for s in steps), end="")
      """
    let scripts = try run(["python3", "-c", reading, "\(git.path)/\(file)"]).split(separator: "\0")
    #expect(scripts.count == 5)
    for script in scripts {
      let text = script.replacing("/tmp/", with: folder.path + "/").replacing("/opt/", with: folder.path + "/opt/").replacing(
        "/usr/local/bin/", with: folder.path("usr") + "/")

      try run(
        ["bash", "-euc", String(text)], in: git.path,
        environment: [
          "PATH": "\(folder.path("usr")):\(folder.path("bin")):/usr/bin:/bin", "HOME": folder.path("home"),
          "SOURCE": "https://git.example/posthorn", "BUILT": folder.path("opt/built"), "GITHUB_OUTPUT": folder.path("output"),
          // A step writes to it: what the other tests have there is /dev/null, which git would replace.
          "GIT_CONFIG_GLOBAL": folder.path("home/gitconfig"),
          "GITHUB_STEP_SUMMARY": folder.path("summary.md"), "GITHUB_BASE_REF": "main", "GIT_CONFIG_COUNT": "1",
          "GIT_CONFIG_KEY_0": "url.\(project.path).insteadOf", "GIT_CONFIG_VALUE_0": "https://git.example/posthorn",
        ].merging(Forge(file: file, author: "github-actions[bot]").environment(server.url("/api"))) { $1 })
    }
    #expect(try Posthorn.text(folder.path("output")) == "commit=\(project.git("rev-parse", "HEAD"))\n")
    #expect(comments.all.map(\.body).first?.contains("<code>ours</code>") == true && comments.refusals == 0)
  }

  @Test(
    "--source is an address that can stand in a file: of a server, without a password",
    arguments: ["/srv/posthorn", "https://a:b@c/d", "https://a/'b"])
  func badSource(url: String) throws {
    let ending = try Program.run(["init", "--source", url], in: folder.path)
    #expect(ending.status == 2 && ending.errors.contains("--source"))
  }

  private func installation() throws -> String {
    try run(
      [
        "python3", "-c", "import sys, yaml; print(yaml.safe_load(open(sys.argv[1]))['posthorn']['before_script'][-1])",
        folder.path(".gitlab-ci.yml"),
      ])
  }

  /// A step of a workflow, with its files in our folder instead of /tmp; of GitLab's the last.
  private func script(_ step: String, of forge: Forge) throws -> String {
    let reading = """
      import sys, yaml
      file = yaml.safe_load(open(sys.argv[1]))
      if "jobs" in file: print([s["run"] for s in file["jobs"]["posthorn"]["steps"] if s.get("name") == sys.argv[2]][0])
      else: print(file["posthorn plan"]["script"][-1])
      """
    let text = try run(["python3", "-c", reading, folder.path(forge.file), step])
    return text.replacing("/tmp/", with: folder.path + "/")
  }
}

/// A place where reviews are, as far as comments go.
struct Forge: Sendable, CustomTestStringConvertible {
  var file: String
  /// Who a workflow's comments are by.
  var author: String

  var testDescription: String { file }
  var isGitLab: Bool { file == ".gitlab-ci.yml" }

  func environment(_ api: String) -> [String: String] {
    isGitLab
      ? ["PLAN_TOKEN": "glpat", "CI_API_V4_URL": api, "CI_PROJECT_ID": "7", "CI_MERGE_REQUEST_IID": "3"]
      : ["TOKEN": "ghs", "GITHUB_API_URL": api, "GITHUB_REPOSITORY": "acme/news", "PULL": "3", "AUTHOR": author]
  }
}

/// The comments of one pull or merge request, two a page, over the interface of GitHub and Forgejo, or of GitLab.
///
/// - Sources: docs.github.com/rest/issues/comments; docs.gitlab.com/api/notes.
private final class Comments: Sendable {
  struct Comment: Equatable {
    var author: String
    var body: String
  }

  private let forge: Forge
  private let state = Mutex((comments: [Comment](), refusals: 0))

  init(_ forge: Forge) { self.forge = forge }

  var all: [Comment] { state.withLock { $0.comments } }
  var refusals: Int { state.withLock { $0.refusals } }
  func add(_ body: String, by author: String) { state.withLock { $0.comments.append(Comment(author: author, body: body)) } }

  func answer(_ arrival: Receiver.Arrival) -> Receiver.Answer {
    let isKnown = forge.isGitLab ? arrival.headers["private-token"] == "glpat" : arrival.headers["authorization"] == "Bearer ghs"
    guard isKnown, let url = URLComponents(string: arrival.target) else { return refuse(401) }
    let list = forge.isGitLab ? "/api/projects/7/merge_requests/3/notes" : "/api/repos/acme/news/issues/3/comments"
    let one = forge.isGitLab ? list + "/" : "/api/repos/acme/news/issues/comments/"
    let body = (try? JSONDecoder().decode([String: String].self, from: Data(arrival.body)))?["body"]
    switch (arrival.method, url.path, body) {
    case ("GET", "/api/user", _) where forge.isGitLab: return reply(["username": forge.author])
    case ("GET", list, _):
      guard let page = url.queryItems?.first(where: { $0.name == "page" })?.value.flatMap(Int.init) else { return refuse(400) }
      return reply(all.enumerated().dropFirst((page - 1) * 2).prefix(2).map(json))
    case ("POST", list, let body?):
      add(body, by: forge.author)
      return reply(["id": all.count], 201)
    case (forge.isGitLab ? "PUT" : "PATCH", let path, let body?) where path.hasPrefix(one):
      guard let id = Int(path.dropFirst(one.count)), all.indices.contains(id - 100), all[id - 100].author == forge.author else {
        return refuse(403)
      }
      state.withLock { $0.comments[id - 100].body = body }
      return reply(["id": id])
    default: return refuse(404)
    }
  }

  private func json(_ place: Int, _ comment: Comment) -> [String: Any] {
    let author = forge.isGitLab ? ("author", ["username": comment.author]) : ("user", ["login": comment.author])
    return ["id": 100 + place, "body": comment.body, author.0: author.1]
  }

  private func reply(_ json: Any, _ status: Int = 200) -> Receiver.Answer {
    let body = (try? JSONSerialization.data(withJSONObject: json)) ?? Data()
    return .reply(status, headers: ["content-type": "application/json"], body: Array(body))
  }

  private func refuse(_ status: Int) -> Receiver.Answer {
    state.withLock { $0.refusals += 1 }
    return .reply(status, body: Array("{}".utf8))
  }
}
