import Foundation
import Schedule
import Support
import Testing

@Suite("posthorn why")
struct WhyTests {
  private static func person(_ name: String, at path: String) -> GitClient {
    let email = "\(name.lowercased().prefix(3))@example.org"
    return GitClient(
      at: path,
      environment: [
        "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email, "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": email,
      ])
  }

  /// Ada writes a post on a branch, Grace merges it, Mallory edits it, and it goes out to one account and not to the other.
  private static func host() async throws -> Host {
    let receiver = try Receiver { _ in .reply(500) }
    defer { receiver.stop() }
    let host = try Host(["accounts/acme.yaml": outbox, "accounts/hook.yaml": webhook(receiver.url("/in"))])
    let path = host.repository.clone.path
    let (ada, grace, mallory) = (person("Ada", at: path), person("Grace", at: path), person("Mallory\u{9B}", at: path))
    try ada.git("checkout", "-q", "-b", "launch")
    try ada.commit(["schedule/posts/launch.yaml": post(due: 86_400)], message: "Launch")
    try grace.git("checkout", "-q", "main")
    try grace.git("merge", "-q", "--no-ff", "-m", "Merge the launch", "launch")
    try mallory.git("mv", "schedule/posts/launch.yaml", "schedule/posts/new.yaml")
    let edited = post(to: "acme, hook", "id: launch", "title: A title that is new")
    try mallory.commit(
      ["schedule/posts/new.yaml": edited], message: "Now, \u{1B}[31mand to the hook, " + String(repeating: "long ", count: 30))
    try mallory.git("push", "-q", "origin", "main")
    try await host.login("hook")
    try await host.reconcile(exit: 1)
    return host
  }

  @Test("It tells who wrote, merged and changed a post, each attempt, where it is live, what holds it and what moves it on")
  func story() async throws {
    let host = try await Self.host()
    let text = try await Posthorn.run(["why", "launch", "--repo", host.repository.url], environment: ["HOME": host.home.path])
    #expect(text.status == 0)
    let words = text.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for part in [
      "launch: in_doubt file schedule/posts/new.yaml scheduled ", " Asked for ", "Ada <ada@example.org> wrote it: Launch merged by Grace ",
      " Merge the launch ", " moved it from schedule/posts/launch.yaml; changed the time from ", "the accounts: hook added: Now, ",
      " Attempts acme 1 ", " published content of ", " hook 1 ", " Now acme (outbox): published ", " hook (webhook): in_doubt ",
      " posthorn resolve launch hook --published|--not-published",
    ] { #expect(words.contains(part), "\(part)\n\(text.output)") }
    #expect(text.output.split(separator: "\n").allSatisfy { $0.count <= 120 }, "\(text.output)")
    #expect(!text.output.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{9B}" })
  }

  @Test("The same as JSON, with every commit, attempt and delivery")
  func json() async throws {
    let host = try await Self.host()
    let ending = try await Posthorn.run(
      ["why", "launch", "--repo", host.repository.url, "--format", "json"], environment: ["HOME": host.home.path])
    let story = try JSON.parse(Array(ending.output.utf8))
    #expect(story["commits"]?.array?.map { $0["change"]?.string } == ["added", "moved"])
    #expect(story["commits"]?[0]?["author"]?.string == "Ada <ada@example.org>")
    #expect(story["commits"]?[0]?["merge"]?["author"]?.string == "Grace <gra@example.org>")
    #expect(story["commits"]?[1]?["merge"] == .null && story["commits"]?[1]?["old_path"]?.string == "schedule/posts/launch.yaml")
    #expect(story["attempts"]?.array?.map { $0["outcome"]?.string } == ["published", "in_doubt"])
    let deliveries = try #require(story["deliveries"]?.array)
    #expect(deliveries.map { $0["state"]?.string } == ["published", "in_doubt"])
    #expect(deliveries.map { $0["command"]?.string } == [nil, "posthorn resolve launch hook --published|--not-published"])
  }

  @Test("A post that is gone still has its story, and one that nobody knows is asked back")
  func gone() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: 3600)])
    try await host.reconcile()
    try host.repository.push(["posts/launch.yaml": nil], message: "No launch")
    try await host.reconcile()
    let environment = ["HOME": host.home.path]
    let text = try await Posthorn.run(["why", "launch", "--repo", host.repository.url], environment: environment)
    for line in ["launch: cancelled", "    removed it: No launch", "  acme 1 "] { #expect(text.output.contains(line), "\(text)") }
    let unknown = try await Posthorn.run(["why", "lunch", "--repo", host.repository.url], environment: environment)
    #expect(unknown.status == 3 && unknown.errors.contains("did you mean \"launch\"?"), "\(unknown)")
  }
}
