import Foundation
import Platforms
import Schedule
import Support
import Testing

@Suite("What the receiver of a webhook is sent")
struct WebhookReceiverTests {
  @Test("The receiver that the README shows takes what is signed with its secret, and refuses all else", arguments: [true, false])
  func example(isOurs: Bool) async throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let script = try #require(readme.components(separatedBy: "```python\n").dropFirst().first?.components(separatedBy: "```").first)
    let folder = try TemporaryFolder("receiver")
    try script.write(toFile: folder.path("receiver.py"), atomically: true, encoding: .utf8)
    let port = try freePort()
    let secret = isOurs ? Host.secret : "whsec_" + Base64.encode([UInt8](repeating: 7, count: 24))
    let service = try Service(
      ["/usr/bin/python3", folder.path("receiver.py")], log: folder.path("log"), environment: ["WEBHOOK_SECRET": secret, "PORT": "\(port)"]
    ) { isListening(port) }
    let host = try Host([
      "accounts/hook.yaml": "platform: webhook\nurl: http://127.0.0.1:\(port)/\n",
      "posts/launch.yaml": post(to: "hook", caption: "Doors open at nine."),
    ])
    try await host.login("hook")
    try await host.reconcile(exit: isOurs ? 0 : 1)
    let printed = try String(contentsOfFile: folder.path("log"), encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(printed.contains("Doors open at nine.") == isOurs, "\(printed)")
    withExtendedLifetime(service) {}
  }

  @Test("Of each file it is told the digest, the size, the type and the commit that has it")
  func files() async throws {
    let receiver = try Receiver { _ in .ok }
    defer { receiver.stop() }
    let digest = ContentDigest.sha256(Array("a film".utf8))
    let host = try Host([
      "accounts/hook.yaml": "platform: webhook\nurl: \(receiver.url("/in"))\n",
      "media/film.mov": "version https://git-lfs.github.com/spec/v1\noid sha256:\(digest)\nsize 6\n",
      "media/words": "no picture\n", "media/named.jpg": "no picture\n", "media/told.jpg": "GIF89a\n",
      "posts/launch.yaml": post(to: "hook")
        + "media: [{path: media/film.mov}, {path: media/words}, {path: media/named.jpg, alt: A horn},\n  {path: media/told.jpg}, {url: https://a.example/x.png}]\n",
    ])
    try await host.login("hook")
    try await host.reconcile()
    let commit = try #require(try host.history().values.first?.source.commit)
    let body = try JSON.parse(try #require(receiver.arrivals.first).body)
    func file(_ path: String, _ sha256: String, _ size: Int, _ type: JSON, alt: JSON = .null) -> JSON {
      ["path": .string(path), "sha256": .string(sha256), "size": JSON(size), "type": type, "commit": .string(commit), "alt": alt]
    }
    #expect(
      body["data"]?["media"] == [
        file("media/film.mov", digest, 6, "video/quicktime"),
        file("media/words", ContentDigest.sha256(Array("no picture\n".utf8)), 11, .null),
        file("media/named.jpg", ContentDigest.sha256(Array("no picture\n".utf8)), 11, "image/jpeg", alt: "A horn"),
        file("media/told.jpg", ContentDigest.sha256(Array("GIF89a\n".utf8)), 7, "image/gif"),
        ["url": "https://a.example/x.png", "alt": .null],
      ])
  }
}
