import Foundation
import Support
import Testing

@Suite("Files that are nobody's posts")
struct IgnoredFileTests {
  private let folder: TemporaryFolder
  private let git: GitClient
  private static let good = "scheduled_time: 2036-11-27T09:00\naccounts: [acme]\n"

  init() throws {
    folder = try TemporaryFolder("ignored")
    git = try GitClient.create(at: folder.path("work"))
    try git.commit([
      "schedule/accounts/acme.yaml": outbox + "timezone: UTC\n", "schedule/posts/a.yaml": Self.good, "schedule/media/x.png": "x",
    ])
  }

  private func posthorn(_ arguments: String..., environment: [String: String] = [:]) throws -> Program.Ending {
    try Program.run(arguments, in: git.path, environment: environment)
  }

  private func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: folder.path("work/\(name)"), withDestinationPath: target)
  }

  @Test(
    "What git ignores is not counted, whichever file says so; what was added all the same is",
    arguments: [
      (".gitignore", "draft*\n"), ("schedule/posts/.gitignore", "*.yaml\n!a.yaml\n"), (".git/info/exclude", "/schedule/posts/draft.yaml\n"),
      ("../home/.config/git/ignore", "draft.yaml\n"), (".gitignore", "schedule/posts/\n"), ("schedule/.gitignore", "posts\n"),
    ])
  func ignored(file: String, patterns: String) throws {
    try folder.write(patterns, to: "work/" + file)
    try folder.write("colour: red\n", to: "work/schedule/posts/draft.yaml")
    let home = ["HOME": folder.path("home"), "GIT_CONFIG_NOSYSTEM": "1"]
    let ending = try posthorn("validate", environment: home)
    #expect(ending.output == "1 post, 1 account: nothing to report\n", "\(ending)")
    #expect(try posthorn("plan", environment: home).output.hasSuffix("\n1 to go out\n"))
    let named = try posthorn("validate", "schedule/posts/draft.yaml", environment: home)
    #expect(named.output.contains("or git ignores it [file.ignored]"), "\(named)")
    try git.git("add", "-f", "schedule/posts/draft.yaml")
    #expect(try posthorn("validate", environment: home).status == 1)
  }

  @Test("What is ignored is what git ignores, whatever the patterns are made of and wherever they stand")
  func patterns() throws {
    let names = [
      "draft.yaml", "DRAFT.yaml", "a.b.yaml", "x-old.yaml", "x].yaml", "#note.yaml", "!loud.yaml", "two words.yaml", "é.yaml", "star*.yaml",
      "old.yaml",
    ]
    let files = [
      ".gitignore", "apps/.gitignore", "apps/schedule/.gitignore", "apps/schedule/posts/.gitignore", ".git/info/exclude", "own",
    ]
    let patterns = [
      "draft.yaml", "\u{FEFF}draft.yaml", "draft.yaml\r", "draft.yaml  ", "dr?ft.*", "*.b.*", "[ax]*", "*[!a]-old.yaml", "x[]].yaml",
      "\\#note.yaml",
      "\\!loud.yaml", "two words*", "two\\ words.yaml", "é*", "star\\*.yaml", "**/old.yaml", "posts/*\n!draft.yaml", "apps", "posts/",
      "/apps/schedule/posts/old.yaml",
      "*", "#draft.yaml", "schedule/posts/x*",
    ]
    try git.git("mv", "schedule", "apps-schedule")
    try FileManager.default.createDirectory(atPath: folder.path("work/apps"), withIntermediateDirectories: true)
    try git.git("mv", "apps-schedule", "apps/schedule")
    try git.git("config", "core.excludesfile", folder.path("work/own"))
    for name in names { try folder.write(Self.good, to: "work/apps/schedule/posts/\(name)") }
    let home = ["HOME": folder.path("home"), "GIT_CONFIG_NOSYSTEM": "1"]
    for (number, pattern) in patterns.enumerated() {
      let file = files[number % files.count]
      for other in files { try folder.write(other == file ? pattern + "\n" : "", to: "work/" + other) }
      let seen = Set(
        try git.git("ls-files", "-z", "-co", "--exclude-standard", "apps/schedule/posts").split(separator: "\0").map(String.init))
      let ending = try posthorn("validate", "--folder", "apps/schedule", "--format", "json", environment: home)
      let posts = seen.count { $0.hasSuffix(".yaml") }
      let text = try posthorn("validate", "--folder", "apps/schedule", environment: home).output
      #expect(
        text.contains("\(posts) post\(posts == 1 ? "" : "s"), 1 account"), "\(pattern.debugDescription) in \(file): \(text) \(ending)")
    }
  }

  @Test("A content folder that is a link is an error everywhere, and so is one behind a link", arguments: ["schedule", "apps"])
  func linked(name: String) throws {
    let option = name == "schedule" ? [] : ["--folder", "apps/schedule"]
    try git.git("mv", "schedule", name == "schedule" ? "real" : "schedule2")
    if name == "apps" {
      try FileManager.default.createDirectory(atPath: folder.path("work/real"), withIntermediateDirectories: true)
      try git.git("mv", "schedule2", "real/schedule")
    }
    try link(name, to: "real")
    #expect(try Program.run(["hooks", "install"] + option, in: git.path).status == 0)
    for command in [["validate"], ["plan"], ["new", "--id", "x"]] {
      let ending = try Program.run(command + option, in: git.path)
      #expect(ending.status == 3 && ending.errors.contains("is a symbolic link, which is not followed"), "\(command): \(ending)")
    }
    #expect(throws: ProgramFailure.self) { try git.commit([:]) }
    try git.git("commit", "-q", "--no-verify", "-m", "linked")
    for command in [["status"], ["validate", "--rev", "HEAD"], ["export", "json"]] {
      let ending = try Program.run(command + option, in: git.path)
      #expect(ending.status == 3 && ending.errors.contains("is a symbolic link, which is not followed"), "\(command): \(ending)")
    }
    let bare = try GitClient.create(at: folder.path("bare.git"), "--bare")
    #expect(try Program.run(["hooks", "install", "--state", folder.path("state")] + option, in: bare.path).status == 0)
    #expect(throws: ProgramFailure.self) { try git.git("push", "-q", bare.path, "main") }
  }

  @Test("A link below media that no post names is nobody's mistake; one that is named is told, in the work tree and in a commit")
  func media() throws {
    try link("schedule/media/logo.png", to: "x.png")
    try link("schedule/media/brand", to: "../../assets")
    try git.commit([:])
    for arguments in [[], ["--rev", "HEAD"]] {
      #expect(try Program.run(["validate"] + arguments, in: git.path).output == "1 post, 1 account: nothing to report\n")
    }
    try git.commit(["schedule/posts/a.yaml": Self.good + "media: [{path: media/logo.png}, {path: media/brand/x.png}]\n"])
    for arguments in [[], ["--rev", "HEAD", "--since", "HEAD~1"]] {
      let ending = try Program.run(["validate"] + arguments, in: git.path)
      #expect(ending.output.components(separatedBy: "is a symbolic link, or lies behind one").count == 3, "\(ending)")
    }
    try link("schedule/posts/b.yaml", to: "a.yaml")
    #expect(try posthorn("validate").output.contains("b.yaml:1:1: error: a symbolic link is not followed"))
  }

  @Test(
    "A post or an account in a place that is not read is reported, and so is any file that is named",
    arguments: [
      ("schedule/post/x.yaml", "this looks like a post", "move it below posts/"),
      ("schedule/x.yml", "this looks like a post", "move it below posts/"),
      ("schedule/account/x.yaml", "this looks like an account", "move it below accounts/"),
      ("schedule/drafts/2036/x.yaml", "this looks like a post", "move it below posts/"),
    ])
  func misplaced(path: String, words: String, hint: String) throws {
    try git.commit([
      path: path.contains("account") ? outbox : Self.good, "schedule/notes.yaml": "just: notes\n", "schedule/media/list.yaml": "a: b\n",
    ])
    for arguments in [[], ["--rev", "HEAD"], [path], ["--since", "HEAD~1"]] {
      let ending = try Program.run(["validate"] + arguments, in: git.path)
      #expect(
        ending.status == 0 && ending.output.contains("\(path):1:1: warning: \(words)") && ending.output.contains(hint),
        "\(arguments): \(ending)")
      #expect(!ending.output.contains("notes.yaml") && !ending.output.contains("list.yaml"))
    }
    for named in ["schedule/notes.yaml", "schedule/media/x.png"] {
      #expect(try posthorn("validate", named).output.contains("\(named):1:1: warning: this file is not read"))
    }
    #expect(try posthorn("validate", "schedule/posts/a.yaml").output.contains("nothing to report"))
    #expect(try posthorn("validate", "schedule/media").output.contains("nothing to report"))
  }
}
