import Foundation
import Glibc
import HTTP
import Schedule
import Testing

@testable import Support

@Suite("The TikTok of the tests: heads, faults and events")
struct PeerWireTests {
  @Test(
    "A request with a wrong head is refused and written down",
    arguments: [
      ("Content-Type: application/json", "invalid_params"),
      ("Content-Type: application/json; charset=UTF-8\r\nContent-Type: a/b", "invalid_params"),
      ("Authorization: act.TOKEN", "invalid_params"), ("Transfer-Encoding: chunked", "invalid_params"), ("", "invalid_params"),
    ])
  func heads(field: String, code: String) async throws {
    let caller = try PeerCaller()
    let token = try caller.token()
    let rest = field.hasPrefix("Authorization") ? "" : "Authorization: Bearer \(token)\r\nContent-Length: 0\r\n"
    let length = field.isEmpty ? "Authorization: Bearer \(token)\r\n" : rest
    let answer = try await raw(
      caller.peer, "POST /v2/post/publish/creator_info/query/ HTTP/1.1\r\nHost: 127.0.0.1:\(caller.peer.port)\r\n\(length)\(field)\r\n\r\n")
    #expect(answer.contains(code))
    #expect(caller.peer.violations.count == 1)
    await caller.end()
  }

  @Test("What is not there, another method, and a query where none belongs are refused and written down")
  func routes() async throws {
    let caller = try PeerCaller()
    let token = try caller.token()
    #expect(try await caller.post("post/publish/video/init", token).status == 404)
    #expect(try await caller.send(.get, "/v2/post/publish/status/fetch/").status == 405)
    #expect(try await caller.post("post/publish/creator_info/query/?access_token=x", token).code == "invalid_params")
    #expect(try await caller.send(.get, "/v2/user/info/?fields=username", headers: ["authorization": token]).status == 401)
    #expect(try await caller.send(.get, "/v2/user/info/?fields=age", headers: ["authorization": "Bearer \(token)"]).status == 400)
    #expect(caller.peer.violations.count == 5)
    await caller.end()
  }

  @Test(
    "A fault comes before the effect or after it, as often as it was asked for",
    arguments: [
      (TikTokPeer.Fault.When.beforeEffect, TikTokPeer.Fault.How.hangUp, 0), (.afterEffect, .hangUp, 1), (.beforeEffect, .reset, 0),
      (.afterEffect, .reset, 1), (.beforeEffect, .status(503), 0), (.afterEffect, .status(503), 1), (.afterEffect, .garbage, 1),
      (.afterEffect, .cut, 1), (.midway, .hangUp, 0), (.midway, .reset, 0), (.afterEffect, .slow(.milliseconds(1)), 1),
    ])
  func faults(when: TikTokPeer.Fault.When, how: TikTokPeer.Fault.How, posts: Int) async throws {
    let caller = try PeerCaller()
    let begun = try await caller.begin(try caller.token())
    caller.peer.inject(.init(at: .lastChunk, when: when, how: how))
    let answer = try? await caller.put(begun.url, 0...999, of: 1000)  // some of them are no answer at all
    #expect(caller.peer.areFaultsSpent)
    #expect(caller.peer.posts.count == posts)
    switch how {
    case .status: #expect(answer?.status == 503)
    case .garbage: #expect(answer?.status == 200)
    case .slow: #expect(answer?.status == 201)
    default: #expect(answer == nil)
    }
    let again = try await caller.put(begun.url, 0...999, of: 1000)
    #expect(again.status == (posts == 0 ? 201 : 416))
    #expect(caller.peer.posts.count == 1)
    #expect(caller.peer.violations.isEmpty)
    await caller.end()
  }

  @Test(
    "Every call can be broken",
    arguments: [
      (TikTokPeer.Step.creatorInfo, "post/publish/creator_info/query/"), (.videoInit, "post/publish/video/init/"),
      (.inboxInit, "post/publish/inbox/video/init/"), (.contentInit, "post/publish/content/init/"),
      (.status, "post/publish/status/fetch/"), (.cancel, "post/publish/cancel/"), (.videoList, "video/list/?fields=id"),
      (.refresh, "oauth/token/"), (.revoke, "oauth/revoke/"),
    ])
  func steps(step: TikTokPeer.Step, path: String) async throws {
    let caller = try PeerCaller()
    caller.peer.inject(.init(at: step, how: .status(500, code: "server_error"), times: 2))
    let body = step == .refresh ? "grant_type=refresh_token" : "{}"
    for _ in 1...2 {
      let answer = try await caller.send(.post, "/v2/" + path, headers: ["content-type": "text/plain"], body: Array(body.utf8))
      #expect((answer.status, answer.code) == (500, "server_error"))
    }
    #expect(caller.peer.areFaultsSpent)
    #expect(caller.peer.calls.map(\.isFaulty) == [true, true])
    #expect(caller.peer.count(step) == 2)
    await caller.end()
  }

  @Test("An event is signed as the documentation says, and its content is text")
  func events() async throws {
    let body = #"{"client_key":"k","event":"post.publish.complete"}"#
    #expect(
      TikTokPeer.signature(of: Array(body.utf8), at: 1_633_174_587, secret: "client_secret_example")
        == "t=1633174587,s=1eb7fa009cb134a0d7e1e628c1afceb6fc82087245ff4fb32be77e200f43230f")
    let caller = try PeerCaller()
    let receiver = try Receiver()
    #expect(
      try await caller.peer.send(.failed(publishID: "v_pub_url~v2.1", reason: "internal"), toPort: receiver.port, path: "/hook") == 200)
    let arrival = try #require(receiver.arrivals.first)
    let json = try JSON.parse(arrival.body)
    #expect(json["event"] == "post.publish.failed")
    #expect(json["content"]?.string == #"{"publish_id":"v_pub_url~v2.1","publish_type":"DIRECT_PUBLISH","reason":"internal"}"#)
    #expect(
      arrival.headers["tiktok-signature"]
        == TikTokPeer.signature(of: arrival.body, at: Instant.noon.seconds, secret: "canary-client-secret-5Wq9"))
    receiver.stop()
    await caller.end()
  }

  /// The answer to exactly these bytes.
  private func raw(_ peer: TikTokPeer, _ text: String) async throws -> String {
    try await onThread {
      guard let socket = Loopback.connect(Int(peer.port)) else { throw Loopback.Failure(errno: ECONNREFUSED) }
      defer { close(socket) }
      _ = Loopback.write(Array(text.utf8), to: socket)
      shutdown(socket, Int32(SHUT_WR))
      var answer: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 65_536)
      while case let count = recv(socket, &chunk, chunk.count, 0), count > 0 { answer += chunk[..<count] }
      return String(decoding: answer, as: UTF8.self)
    }
  }
}
