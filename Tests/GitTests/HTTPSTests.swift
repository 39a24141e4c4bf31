import Foundation
import Git
import Support
import Testing

@Suite("Over https, with git http-backend behind nginx")
struct HTTPSTests {
  let server: GitServer
  let upstream: Upstream

  init() throws {
    server = try GitServer()
    upstream = try Upstream(at: server.path("team.git"))
  }

  var url: String { server.url("team.git") }
  let reference = "refs/remotes/upstream/main"

  func access(password: String? = nil, origin: String? = nil, authority: String?? = nil) -> Access {
    Access(
      credentials: [
        .password(user: server.user, password: Secret(password ?? server.password), origin: origin ?? "https://localhost:\(server.port)")
      ],
      certificateAuthorities: authority ?? server.authority, deadline: .seconds(20))
  }

  @Test("A branch is fetched, and a commit on top of it is pushed")
  func roundTrip() throws {
    let mirror = try upstream.mirror()
    let fetched = try mirror.fetch(url, branch: "main", into: reference, access: access())
    #expect(fetched.new == upstream.tip)
    let ours = try mirror.commit("ours", onto: fetched.new)
    #expect(try mirror.push(ours, to: "main", of: url, expecting: fetched.new, access: access()) == .accepted)
    #expect(try upstream.head() == ours.hex)
    #expect(try RemoteBranches(of: url, access: access()).commits == ["main": ours])
    try upstream.hook("pre-receive", "echo closed; exit 1")
    let next = try mirror.commit("next", onto: ours)
    #expect(try mirror.push(next, to: "main", of: url, expecting: ours, access: access()) == .rejected("pre-receive hook declined: closed"))
    #expect(try mirror.push(next, to: "main", of: url, expecting: fetched.new, access: access()) == .lost)
  }

  @Test("Row 50: a wrong password is tried once and then named, and never shown")
  func wrong() throws {
    do {
      _ = try RemoteBranches(of: url, access: access(password: "canary"))
      Issue.record("it was let in")
    } catch {
      #expect(error.reason == .auth)
      #expect(!error.description.contains("canary"))
    }
    let log = try String(contentsOfFile: server.folder.path("access.log"), encoding: .utf8)
    #expect(log.split(separator: "\n").count == 2)
  }

  @Test(
    "A credential goes to its own origin only", arguments: ["https://localhost", "http://localhost:PORT", "https://other.example:PORT"])
  func origin(text: String) throws {
    let origin = text.replacing("PORT", with: "\(server.port)")
    #expect(GitError.Reason.of { _ = try RemoteBranches(of: url, access: access(origin: origin)) } == .auth)
    let log = try String(contentsOfFile: server.folder.path("access.log"), encoding: .utf8)
    #expect(!log.contains("ann"))
  }

  @Test("A certificate of an authority that nobody named is refused, and so is one for another name")
  func certificate() throws {
    #expect(GitError.Reason.of { _ = try RemoteBranches(of: url, access: access(authority: .some(nil))) } == .certificate)
    let other = "https://127.0.0.1:\(server.port)/team.git"
    #expect(GitError.Reason.of { _ = try RemoteBranches(of: other, access: access()) } == .certificate)
    #expect(try RemoteBranches(of: url, access: access()).head == "main")
  }

  @Test("A repository that is not there is not found")
  func absent() throws {
    #expect(GitError.Reason.of { _ = try RemoteBranches(of: server.url("none.git"), access: access()) } == .notFound)
  }
}
