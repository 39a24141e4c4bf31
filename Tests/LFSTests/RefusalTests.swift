import HTTP
import LFS
import Schedule
import Support
import Testing

@Suite("A Git LFS server that says no")
struct RefusalTests {
  @Test(
    "To the question: what is for later is tried again, what stays wrong is not",
    arguments: [
      (429, DeliveryError.Class.transient), (500, .transient), (502, .transient), (503, .transient), (509, .transient), (404, .content),
      (410, .content), (422, .content), (301, .content), (413, .content),
    ])
  func question(status: Int, class: DeliveryError.Class) async throws {
    let ground = try Ground()
    ground.server.inject(.list(status, headers: ["retry-after": "120", "location": "https://a.example/"]))
    let error = await ground.failure()
    #expect(error?.class == `class` && error?.code == "lfs.\(status)")
    #expect(error?.retryAfter == (`class` == .transient ? .seconds(120) : nil))
    await ground.end()
  }

  @Test(
    "To the object: what is for later is tried again, what stays wrong is not",
    arguments: [
      (404, DeliveryError.Class.content), (410, .content), (422, .content), (409, .content), (503, .transient), (429, .transient),
    ])
  func object(code: Int, class: DeliveryError.Class) async throws {
    let ground = try Ground()
    ground.server.inject(.object(code))
    let error = await ground.failure()
    #expect(error?.class == `class` && error?.code == "lfs.\(code)")
    #expect(error?.message.contains(ground.object.oid.prefix(12)) == (`class` == .content))
    await ground.end()
  }

  @Test(
    "Where the bytes are: what is for later is tried again, what stays wrong is not",
    arguments: [
      (404, DeliveryError.Class.content), (410, .content), (400, .content), (503, .transient), (429, .transient), (403, .transient),
    ])
  func bytes(status: Int, class: DeliveryError.Class) async throws {
    let ground = try Ground()
    for _ in 1...2 { ground.server.inject(.bytes(status, headers: ["retry-after": "60"], body: LFSServer.canary)) }
    let error = await ground.failure()
    #expect(error?.class == `class`)
    #expect(error?.message.contains(LFSServer.canary) == false)
    await ground.end()
  }

  @Test("Without a login: says which credential to give, or that none is sent to a server that the repository chose")
  func login() async throws {
    let ground = try Ground(login: ("ann", "canary-password"))
    #expect(await ground.failure()?.message.contains("--git-credential") == true)
    #expect(await ground.failure(credential: try ground.credential("wrong"))?.message.contains("renew") == true)
    let other = try ground.credential("canary-password", for: "https://other.example")
    #expect(await ground.failure(credential: other)?.code == "lfs.credential")
    let right = try ground.credential("canary-password")
    let chosen = await ground.failure(choice: .repository, credential: right)
    #expect(chosen?.message.contains("never sent") == true && chosen?.class == .transient)
    #expect(ground.server.questions.map { $0.headers["authorization"] != nil } == [false, true, false, false])
    try await ground.bring(credential: right)
    #expect(ground.server.violations == [])
    await ground.end()
  }

  @Test(
    "An answer that is none",
    arguments: [
      LFSServer.Fault.list(200, type: "text/html", body: "<html>log in</html>"), .list(200, body: "{"), .list(200, body: "[]"),
      .list(200, body: #"{"objects": []}"#), .list(200, body: #"{"objects": 7}"#),
    ])
  func unreadable(fault: LFSServer.Fault) async throws {
    let ground = try Ground()
    ground.server.inject(fault)
    #expect(await ground.failure()?.code == "lfs.unreadable")
    await ground.end()
  }

  @Test("An answer of two million bytes is none") func large() async throws {
    try await unreadable(fault: .list(200, body: "{\"x\": \"" + String(repeating: "a", count: 2_000_000) + "\"}"))
  }

  @Test(
    "An action that cannot be followed",
    arguments: [
      #"{}"#, #"{"href": 7}"#, #"{"href": "ftp://a.example/"}"#, #"{"href": "https://u:p@a.example/"}"#, #"{"href": "/x"}"#,
      #"{"href": "https://a.example/", "header": {"X": 7}}"#,
    ])
  func action(json: String) async throws {
    let ground = try Ground()
    ground.server.inject(
      .list(200, body: #"{"objects": [{"oid": "\#(ground.object.oid)", "size": 200000, "actions": {"download": \#(json)}}]}"#))
    #expect(await ground.failure()?.code == "lfs.unreadable")
    await ground.end()
  }

  @Test("Another size, another digest or another way to transfer than asked for is refused")
  func other() async throws {
    let ground = try Ground()
    let object = #"{"oid": "\#(ground.object.oid)", "size": 7, "actions": {"download": {"href": "https://a.example/"}}}"#
    ground.server.inject(
      .list(200, body: #"{"objects": [\#(object)]}"#), .list(200, body: #"{"transfer": "tus", "objects": [\#(object)]}"#),
      .list(200, body: #"{"hash_algo": "sha512", "objects": [\#(object)]}"#))
    #expect(await ground.failure()?.code == "lfs.size")
    for _ in 1...2 { #expect(await ground.failure()?.code == "lfs.unsupported") }
    await ground.end()
  }

  @Test("Its words are shown escaped, in part, and without what could be a secret or an address")
  func words() async throws {
    let ground = try Ground(login: ("ann", "canary-password"))
    let words = "\\u001b[31m no ann:canary-password https://canary.example/x " + String(repeating: "c", count: 60) + " go \\u202e away"
    ground.server.inject(.list(422, body: #"{"message": "\#(words)"}"#))
    let error = try #require(await ground.failure(credential: try ground.credential("canary-password")))
    #expect(error.message.hasSuffix(#"with 422, saying "[31m no ann:*** ... ... go away""#), "\(error.message)")
    await ground.end()
  }

  @Test("A private address is asked for nothing unless the host allows it, and nobody who is not there is waited for")
  func unreachable() async throws {
    let careful = try Ground(policy: .publicOnly)
    let forbidden = await careful.failure()
    #expect(forbidden?.class == .policy && forbidden?.message.contains("--allow-private-hosts") == true)
    #expect(careful.server.questions.isEmpty)
    await careful.end()
    let ground = try Ground()
    let dead = await ground.failure(at: "http://127.0.0.1:\(try Loopback.deadPort())/x")
    #expect(dead?.class == .transient && dead?.code == "lfs.refused")
    await ground.end()
  }

  @Test("A file that cannot be written is this host's trouble, and for later")
  func local() async throws {
    let ground = try Ground()
    let error = await ground.failure(into: "/nonexistent/part")
    #expect(error?.class == .transient && error?.code == "media.local")
    await ground.end()
  }
}
