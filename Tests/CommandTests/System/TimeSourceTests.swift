import Support
import Synchronization
import Testing

@Suite("A new state directory on a host that talks to no git server")
struct TimeSourceTests {
  @Test(
    "A time source that is none is refused, and what is wrong with it is said",
    arguments: [
      ("ftp://time.example", "is neither https nor http"), ("time.example", "is not an absolute URL"),
      ("https://me:pw@time.example", "holds a user name or password"), ("http://time.example", "is plain http"),
    ])
  func refused(url: String, message: String) async throws {
    let repository = try ContentRepository(files: ["accounts/acme.yaml": outbox])
    let folder = try TemporaryFolder("state")
    let ending = try await Posthorn.run([
      "reconcile", "--repo", repository.url, "--state", folder.path("state"), "--time-source", url,
    ])
    #expect(ending.status == 2 && ending.errors.contains(message), "\(ending)")
    #expect(!ending.errors.contains("pw"))
  }

  @Test("The time source holds what is due while it differs from the clock or is silent, and the pass ends with 1")
  func source() async throws {
    let answers = Answers([
      .reply(200, headers: ["date": Receiver.date(-5400)]), .silence, .reply(404, headers: ["date": Receiver.date(-100), "age": "95"]),
    ])
    let server = try Receiver(time: .script) { _ in answers.next() }
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    for words in ["a server's clock differs from it by 54", "until a server says what time it is"] {
      let ending = try await host.posthorn("reconcile", "--time-source", server.url("/time"))
      #expect(ending.status == 1 && ending.output.contains("1 due and held") && ending.errors.contains(words), "\(ending)")
    }
    #expect(host.outbox() == [])
    let ending = try await Posthorn.run(
      ["reconcile"] + host.options, environment: ["HOME": host.home.path, "POSTHORN_TIME_SOURCE": server.url("/time")])
    #expect(ending.status == 0 && ending.output == "1 published\n", "\(ending)")
    #expect(server.arrivals.map { "\($0.method) \($0.target)" } == Array(repeating: "HEAD /time", count: 3))
    #expect(server.arrivals.allSatisfy { $0.headers["authorization"] == nil && $0.body.isEmpty })
    server.stop()
  }

  @Test("Without one the servers of the accounts are asked, and where there is none that is said once")
  func accounts() async throws {
    let server = try Receiver(time: .script) { $0.method == "HEAD" ? .reply(200, headers: ["date": Receiver.date(-5400)]) : .ok }
    let host = try Host([
      "accounts/acme.yaml": outbox, "accounts/hook.yaml": webhook(server.url("/hook")),
      "posts/launch.yaml": post(due: -2, to: "acme, hook"),
    ])
    try await host.login("hook")
    for _ in 1...2 { #expect(try await host.reconcile(exit: 1).output.contains("2 due and held")) }
    #expect(host.outbox() == [] && server.arrivals.allSatisfy { $0.method == "HEAD" && $0.target == "/" })
    server.stop()

    let alone = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    #expect(try await alone.reconcile().errors.contains("there is no server to ask what time it is"))
    #expect(try await !alone.reconcile().errors.contains("there is no server to ask what time it is"))
    #expect(alone.outbox().count == 1)
  }
}

/// Answers in their order; the last one again and again.
private final class Answers: Sendable {
  private let rest: Mutex<[Receiver.Answer]>

  init(_ answers: [Receiver.Answer]) { rest = Mutex(answers) }

  func next() -> Receiver.Answer {
    rest.withLock { rest in rest.count > 1 ? rest.removeFirst() : rest.first ?? .silence }
  }
}
