import HTTP
import Schedule
import Support
import Testing

@testable import Platforms

@Suite("A webhook")
struct WebhookTests {
  @Test("Signs as Standard Webhooks 1.0.0 shows")
  func vector() throws {
    let signature = try #require(WebhookSignature(Secret(Host.secret)))
    #expect(
      signature.sign(id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
  }

  @Test("Takes secrets of 24 to 64 bytes in base64 after whsec_ only", arguments: [(23, false), (24, true), (64, true), (65, false)])
  func secrets(count: Int, isTaken: Bool) {
    let text = "whsec_" + Base64.encode([UInt8](repeating: 7, count: count))
    #expect((WebhookSignature(Secret(text)) != nil) == isTaken)
    #expect(WebhookSignature(Secret(String(text.dropFirst(6)))) == nil)
    #expect(WebhookSignature(Secret("whsec_*" + text.dropFirst(7))) == nil)
  }

  @Test("Base64 is that of RFC 4648", arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
  func base64(plain: String, coded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == coded)
    #expect(Base64.decode(coded) == Array(plain.utf8))
  }

  @Test("Posts the content as JSON, signed, under the delivery's key; every repeat has the same body and id")
  func posts() async throws {
    let stage = try await Stage(.webhook)
    let prepared = try await stage.prepare()
    _ = await stage.platform.commit(stage.publication, prepared)
    stage.host.clock.advance(to: .noon + .seconds(300))
    _ = await stage.platform.commit(stage.publication, prepared)
    let arrivals = stage.receiver.arrivals
    #expect(arrivals.map(\.body) == [prepared.body, prepared.body])
    #expect(arrivals.map { $0.headers["webhook-id"] } == [stage.publication.key, stage.publication.key])
    #expect(arrivals.map { $0.headers["webhook-timestamp"] } == ["1795780800", "1795781100"])
    let signature = try #require(WebhookSignature(Secret(Host.secret)))
    #expect(
      arrivals.map { $0.headers["webhook-signature"] }
        == [1_795_780_800, 1_795_781_100].map { signature.sign(id: stage.publication.key, timestamp: $0, body: prepared.body) })
    let json = try JSON.parse(prepared.body)
    #expect(json["type"] == "post.due")
    #expect(json["timestamp"] == JSON(Instant.noon))
    #expect(json["data"]?["caption"] == "Doors open at nine.\n")
    #expect(json["data"]?["options"] == ["flag": true, "text": "no"])
    #expect(json["data"]?["media"]?[1] == ["url": "https://example.org/x.png", "alt": .null])
    #expect(json.compactBytes() == prepared.body, "its keys are sorted")
    await stage.end()
  }

  @Test("A new secret or url holds from the next call on")
  func changed() async throws {
    let stage = try await Stage(.webhook)
    let prepared = try await stage.prepare()
    let other = "whsec_" + Base64.encode([UInt8](repeating: 7, count: 24))
    var moved = stage.publication
    moved.account.parameters["url"] = .text(stage.receiver.url("/elsewhere"))
    _ = await stage.platform.commit(stage.publication, prepared)
    try stage.host.login(stage.receiver.url(), secret: other)
    _ = await stage.platform.commit(stage.publication, prepared)
    _ = await stage.platform.commit(moved, prepared)
    let signatures = try [Host.secret, other, other].map { try #require(WebhookSignature(Secret($0))) }
    #expect(
      stage.receiver.arrivals.map { $0.headers["webhook-signature"] }
        == signatures.map { $0.sign(id: stage.publication.key, timestamp: Instant.noon.seconds, body: prepared.body) })
    #expect(stage.receiver.arrivals.map(\.target) == ["/hook", "/hook", "/elsewhere"])
    await stage.end()
  }

  @Test(
    "Row 10: calls it published on any 2xx, garbage or empty, and keeps the id and url that the answer names",
    arguments: [
      (#"{"id": "42", "url": "https://example.org/42"}"#, Remote(id: "42", url: "https://example.org/42")),
      (#"{"id": 42, "url": "javascript:alert(1)"}"#, Remote()), ("garbage", Remote()), ("", Remote()), (#"{"id": "a\u001bb"}"#, Remote()),
    ])
  func published(body: String, remote: Remote) {
    for status in [200, 201, 202, 204] { #expect(result(status, body: body) == .published(remote)) }
  }

  @Test(
    "A definite refusal is not a doubt",
    arguments: [
      (400, DeliveryError.Class.content), (405, .content), (406, .content), (409, .content), (410, .policy), (411, .content),
      (413, .content),
      (415, .content), (422, .content), (451, .content), (301, .policy), (302, .policy), (308, .policy), (401, .auth), (403, .content),
      (429, .quota), (503, .transient), (404, .transient), (423, .transient), (425, .transient),
    ])
  func refused(status: Int, class: DeliveryError.Class) throws {
    let result = result(status)
    #expect(result.isFailed)
    #expect(result.error?.class == `class`)
    #expect(result.error?.code == "http.\(status)")
  }

  @Test("Any other failure of the receiver leaves a doubt", arguments: [408, 500, 502, 504, 507, 599])
  func doubtful(status: Int) {
    #expect(result(status).isUnknown)
    #expect(result(status).error?.class == .unknown)
  }

  @Test(
    "Row 13: waits as long as asked, 24 h at most, and takes nonsense for nothing", arguments: [429, 503],
    [
      ("120", Duration.seconds(120)), ("99999999999999999999", .seconds(86_400)), ("Fri, 27 Nov 2026 12:10:00 GMT", .seconds(600)),
      ("Fri, 27 Nov 2036 12:10:00 GMT", .seconds(86_400)), ("Fri, 27 Nov 2016 12:10:00 GMT", .zero), (nil, nil), ("soon", nil), ("-5", nil),
    ] as [(String?, Duration?)])
  func retryAfter(status: Int, example: (header: String?, wait: Duration?)) {
    #expect(result(status, retryAfter: example.header).error?.retryAfter == example.wait)
  }

  @Test("A refusal that may pass says that the post is at risk, and waits for as long as the receiver asks", arguments: [404, 423, 425])
  func passing(status: Int) throws {
    let error = try #require(result(status, retryAfter: "600").error)
    #expect(error.message.contains("at risk") && error.message.contains("\(status)") && error.retryAfter == .seconds(600))
  }

  @Test(
    "The first words of an answer stand in the error: on one line, escaped, cut at 200 characters, and without what the receiver was sent",
    arguments: [
      ("no such hook\r\n  <b>x</b>\u{1B}[2J", #""no such hook <b>x</b>\u{1B}[2J""#),
      (String(repeating: "ä", count: 300), "\"" + String(repeating: "ä", count: 200) + "…\""), ("", nil), (" \n\t", nil),
      ("your secret is whsec_s3cr3t, bye", "\"your secret is ***, bye\""),
      ("\u{FF}\0a", #""\u{FF}\u{0}a""#.replacing(#"\u{FF}"#, with: "ÿ")),
    ] as [(String, String?)])
  func words(body: String, shown: String?) throws {
    for status in [400, 404, 410, 429, 500, 503, 301, 401] {
      let verdict = WebhookVerdict(account: verdict.account, origin: verdict.origin, now: .noon, secrets: ["whsec_s3cr3t", ""])
      let message = try #require(verdict.result(Response(status: status, body: Array(body.utf8))).error).message
      #expect(message.contains("it said: ") == (shown != nil))
      if let shown { #expect(message.hasSuffix("; it said: \(shown)")) }
    }
    #expect(AnswerWords(of: [0xFF, 0xFE, 0x41]).text == "\"\u{FFFD}\u{FFFD}A\"", "bytes that are no text")
  }

  @Test("Nothing sent is tried again; a host's policy is not argued with")
  func notSent() {
    for reason in [HTTPError.NotSent.noAddress, .refused, .tls, .deadline, .stopped, .local] {
      let result = verdict.result(HTTPError(verdict.origin, .notSent(reason), detail: "x"))
      #expect(result.isFailed && result.error?.class == .transient)
    }
    for reason in [HTTPError.NotSent.forbidden, .malformed] {
      #expect(verdict.result(HTTPError(verdict.origin, .notSent(reason), detail: "x")).error?.class == .policy)
    }
  }

  @Test("Row 10: a lost answer is a doubt", arguments: [HTTPError.Unanswered.deadline, .reset, .closed, .truncated, .unreadable, .local])
  func lost(reason: HTTPError.Unanswered) {
    #expect(verdict.result(HTTPError(verdict.origin, .unanswered(reason), detail: "x")).isUnknown)
  }

  private let verdict = WebhookVerdict(
    account: AccountName("acme") ?? sampleName, origin: Origin(scheme: .https, host: "hooks.example"), now: .noon)

  private func result(_ status: Int, body: String = "", retryAfter: String? = nil) -> CommitResult {
    let headers: Headers = retryAfter.map { ["Retry-After": $0] } ?? [:]
    return verdict.result(Response(status: status, headers: headers, body: Array(body.utf8)))
  }
}

private var sampleName: AccountName { preconditionFailure("acme is a name") }
