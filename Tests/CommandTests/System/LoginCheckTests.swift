import Foundation
import Support
import Testing

@Suite("What a login is given")
struct LoginCheckTests {
  private let receiver: Receiver
  private let host: Host

  init() throws {
    receiver = try Receiver { _ in .reply(204) }
    host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in"))])
  }

  private var kept: String {
    get throws { try Posthorn.text(host.state + "/credentials/hook.json") }
  }

  @Test(
    "What is no credential never takes the place of one, and nothing of it is shown",
    arguments: [
      (#"{"secret": 5}"#, "is not whsec_"), (#"{"secret": "whsec_short"}"#, "is not whsec_"), ("whsec_bm90anNvbg", "is no JSON object"),
      (#"{"secrte": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}"#, "has no \"secret\""), ("", "is no JSON object"),
      ("[]", "is no JSON object"),
      (#"{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw": 1}"#, "has no \"secret\""), (#"{"secret": null}"#, "is not whsec_"),
    ])
  func junk(input: String, words: String) async throws {
    defer { receiver.stop() }
    try await host.login("hook")
    let before = try kept
    let ending = try await host.posthorn("account", "login", "hook", input: input)
    #expect(ending.status == 3 && ending.errors.contains(words), "\(ending)")
    #expect(
      !ending.errors.contains("MfKQ9r8G") && !ending.errors.contains("bm90anNvbg") && !ending.errors.contains("DeliveryError"), "\(ending)")
    #expect(try kept == before)
  }

  @Test("At a terminal the secret itself is asked for, and nobody sees it; JSON is taken as well", arguments: [true, false])
  func terminal(isJSON: Bool) async throws {
    defer { receiver.stop() }
    let session = try TerminalSession(["account", "login", "hook"] + host.options, environment: ["HOME": host.home.path])
    try await session.wait(for: "nothing is shown")
    session.type(isJSON ? #"{"secret": "\#(Host.secret)"}"# : Host.secret)
    #expect(try await session.ending().status == 0)
    #expect(!session.echo().contains("MfKQ9r8G") && !session.said.contains("MfKQ9r8G"))
    #expect(try kept.contains(Host.secret))
  }

  @Test("doctor names the accounts that posts wait for and that this host cannot send to")
  func doctor() async throws {
    defer { receiver.stop() }
    func doctor(_ more: String...) async throws -> Posthorn.Ending {
      try await Posthorn.run(
        ["doctor", "--repo", host.repository.upstream.path, "--state", host.state] + more, environment: ["HOME": host.home.path])
    }
    #expect(try await !doctor("--allow-private-hosts").output.contains("account"))
    try host.repository.push(["posts/x.yaml": post(due: 7200, to: "hook")])
    let missing = try await doctor("--allow-private-hosts")
    #expect(
      missing.status == 1 && missing.output.contains("hook has no credential on this host, and a post is due there in 1 h"), "\(missing)")
    #expect(missing.output.contains("posthorn account login hook"))
    try await host.login("hook")
    #expect(try await !doctor("--allow-private-hosts").output.contains("no credential"))
    let plain = try await doctor()
    #expect(plain.status == 1 && plain.output.contains("hook has plain http in its url, which this host refuses"), "\(plain)")
    try host.repository.push(["accounts/hook.yaml": webhook("https://hooks.example.com/in")])
    let elsewhere = try await doctor()
    #expect(elsewhere.status == 1 && elsewhere.output.contains("the credential of hook is of no use (for http://127"), "\(elsewhere)")
  }
}
