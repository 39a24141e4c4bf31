import Foundation
import Schedule
import Support
import Testing

@testable import Platforms

@Suite("The outbox")
struct OutboxTests {
  @Test("Writes one file, named after the post and the delivery's key, with everything that goes out")
  func file() async throws {
    let host = try Host()
    let publication = try sample("outbox")
    let prepared = try await host.outbox.prepare(publication) { _ in }
    let name = "launch-teaser.msg_0123456789abcdef.json"
    #expect(await host.outbox.commit(publication, prepared) == .published(Remote(id: name)))
    let text = try String(contentsOfFile: host.folder.path("outbox/acme/\(name)"), encoding: .utf8)
    #expect(
      text == """
        {
          "account": "acme",
          "caption": "Doors open at nine.\\n",
          "key": "msg_0123456789abcdef",
          "media": [
            {
              "alt": "A horn",
              "commit": "9e07d31a9e07d31a9e07d31a9e07d31a9e07d31a",
              "path": "media/teaser.mp4",
              "sha256": "abababababababababababababababababababababababababababababababab",
              "size": 48211,
              "type": "video/mp4"
            },
            {
              "alt": null,
              "url": "https://example.org/x.png"
            }
          ],
          "options": {
            "flag": true,
            "text": "no"
          },
          "post": "launch-teaser",
          "scheduled_at": "2026-11-27T12:00:00.000Z",
          "scheduled_time": "2026-11-27T09:00",
          "timezone": "America/New_York",
          "title": "Doors open"
        }

        """)
  }

  @Test(
    "A key that cannot be part of a name cannot leave the folder either",
    arguments: ["../../x", "a/b", "a.b", "", String(repeating: "k", count: 300)])
  func hostileKey(key: String) throws {
    var publication = try sample("outbox")
    publication.key = key
    let name = Outbox.name(of: publication)
    #expect(name == "launch-teaser.\(ContentDigest.sha256(key.utf8)).json")
  }

  @Test("A file that could not be written was not published; one that may have been is a doubt", arguments: [(false, false), (true, true)])
  func failing(isThere: Bool, isDoubt: Bool) async throws {
    let outbox = Outbox(exists: { _, _ in isThere }, write: { _, _, _ in throw CocoaError(.fileWriteOutOfSpace) })
    let result = await outbox.commit(try sample("outbox"), Prepared(body: []))
    #expect(result.isUnknown == isDoubt)
    #expect(result.isFailed != isDoubt)
  }

  @Test("Where nobody can look, a failed write is a doubt")
  func blind() async throws {
    let outbox = Outbox(
      exists: { _, _ in throw CocoaError(.fileReadNoPermission) }, write: { _, _, _ in throw CocoaError(.fileWriteOutOfSpace) })
    #expect(await outbox.commit(try sample("outbox"), Prepared(body: [])).isUnknown)
  }

  @Test("SHA-256 is that of FIPS 180-4")
  func digest() {
    #expect(ContentDigest.sha256("abc".utf8) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
