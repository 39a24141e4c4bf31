import Foundation
import HTTP
import Support
import Testing

@Suite("An answer that goes to a file")
struct FileAnswerTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder("file-answer") }

  @Test("Is the file's content, readable for its owner alone, and the response has none")
  func whole() async throws {
    let exchange = try Exchange { _ in .reply(200, body: Array("content".utf8)) }
    let response = try await exchange.client.send(try download(exchange))
    #expect(response.status == 200 && response.body.isEmpty && !response.isTruncated)
    #expect(try content() == "content")
    #expect(try FileManager.default.attributesOfItem(atPath: folder.path("file"))[.posixPermissions] as? Int == 0o600)
    await exchange.end()
  }

  @Test("Goes on behind what is here where the server goes on, and replaces it where the server starts over", arguments: [206, 200])
  func resumed(status: Int) async throws {
    try folder.write("0123and what came of another try", to: "file")
    let exchange = try Exchange { _ in .reply(status, body: Array("456".utf8)) }
    _ = try await exchange.client.send(try download(exchange, offset: 4))
    #expect(try content() == (status == 206 ? "0123456" : "456"))
    await exchange.end()
  }

  @Test("An empty one empties the file")
  func empty() async throws {
    try folder.write("old", to: "file")
    let exchange = try Exchange()
    _ = try await exchange.client.send(try download(exchange))
    #expect(try content() == "")
    await exchange.end()
  }

  @Test("What a server says instead stays in memory, and the file as it was", arguments: [404, 429, 500, 416])
  func instead(status: Int) async throws {
    try folder.write("0123", to: "file")
    let exchange = try Exchange { _ in .reply(status, body: Array("no".utf8)) }
    let response = try await exchange.client.send(try download(exchange, offset: 4))
    #expect(response.status == status && response.body == Array("no".utf8))
    #expect(try content() == "0123")
    await exchange.end()
  }

  @Test("Is cut at the limit, and the response says so")
  func limit() async throws {
    try folder.write("0123", to: "file")
    let exchange = try Exchange { _ in .reply(206, body: [UInt8](repeating: 0x61, count: 3_000_000)) }
    let response = try await exchange.client.send(try download(exchange, offset: 4, limit: 10))
    #expect(response.isTruncated)
    #expect(try content() == "0123aaaaaa")
    await exchange.end()
  }

  @Test("What arrived before it broke stays in the file")
  func broken() async throws {
    let exchange = try Exchange { _ in .raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf") }
    #expect(await exchange.failure(try download(exchange))?.reason == .unanswered(.truncated))
    #expect(try content() == "half")
    await exchange.end()
  }

  @Test("Comes from where a redirect leads")
  func redirected() async throws {
    let other = try Receiver { _ in .reply(200, body: Array("there".utf8)) }
    let exchange = try Exchange { [url = other.url("/x")] _ in .reply(302, headers: ["location": url], body: Array("here".utf8)) }
    _ = try await exchange.client.send(try download(exchange))
    #expect(try content() == "there")
    #expect(other.arrivals.first?.headers["authorization"] == nil)
    other.stop()
    await exchange.end()
  }

  @Test("A file that cannot be opened ends the call before it is made")
  func unopened() async throws {
    let exchange = try Exchange()
    var request = try download(exchange)
    request.sink?.path = folder.path("none/file")
    #expect(await exchange.failure(request)?.reason == .notSent(.local))
    #expect(exchange.receiver.connections == 0)
    await exchange.end()
  }

  @Test("A disk that is full ends the call, and its error says so", .enabled(if: SmallDisk.isPossible, "needs root"))
  func full() async throws {
    let disk = try SmallDisk(size: "64k")
    let exchange = try Exchange { _ in .reply(200, body: [UInt8](repeating: 0x61, count: 100_000)) }
    var request = try download(exchange)
    request.sink?.path = disk.path + "/file"
    let error = await exchange.failure(request)
    #expect(error?.reason == .unanswered(.local))
    #expect(error?.detail.hasSuffix(String(cString: strerror(ENOSPC))) == true)
    await exchange.end()
  }

  @Test("Silence in its midst ends the call long before the deadline")
  func stalled() async throws {
    let gate = Gate()
    let exchange = try Exchange { _ in .after(gate, .ok) }
    var request = try download(exchange)
    request.stall = .seconds(1)
    let start = ContinuousClock.now
    #expect(await exchange.failure(request)?.reason == .unanswered(.deadline))
    #expect(ContinuousClock.now - start < .seconds(10))
    gate.open()
    await exchange.end()
  }

  private func download(_ exchange: Exchange, offset: Int64 = 0, limit: Int64 = 1_000_000) throws -> Request {
    var request = try exchange.request(.get, headers: ["authorization": "secret"], redirects: .checked(maximum: 3))
    request.sink = FileSink(path: folder.path("file"), offset: offset, limit: limit)
    return request
  }

  private func content() throws -> String { try String(contentsOfFile: folder.path("file"), encoding: .utf8) }
}
