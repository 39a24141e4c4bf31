import Foundation
import HTTP
import Support
import Testing

@Suite("A body that is a file")
struct FileBodyTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder("file-body") }

  @Test(
    "Arrives as the slice that was asked for, under its exact length and with the method as asked", arguments: [Request.Method.put, .post])
  func slice(method: Request.Method) async throws {
    try folder.write("0123456789", to: "file")
    let exchange = try Exchange()
    let range: Headers = ["content-range": "bytes 2-6/10"]
    _ = try await exchange.client.send(try upload(exchange.receiver.url("/up?token"), 2, 5, method, headers: range))
    let arrival = try #require(exchange.receiver.arrivals.first)
    #expect(arrival.method == method.rawValue)
    #expect(arrival.target == "/up?token")
    #expect(arrival.body == Array("23456".utf8))
    #expect(arrival.headers["content-length"] == "5")
    #expect(arrival.headers["content-range"] == "bytes 2-6/10")
    for name in ["transfer-encoding", "expect", "content-type"] { #expect(arrival.headers[name] == nil, "\(name)") }
    await exchange.end()
  }

  @Test("May be empty")
  func empty() async throws {
    try folder.write("", to: "file")
    let exchange = try Exchange()
    #expect(try await exchange.client.send(try upload(exchange.receiver.url(), 0, 0)).status == 200)
    #expect(exchange.receiver.arrivals.map { $0.headers["content-length"] } == ["0"])
    await exchange.end()
  }

  @Test(
    "Nothing is sent where the file is missing, too short, a link or no file",
    arguments: [("none", 0, 1), ("file", 6, 5), ("file", -1, 1), ("file", 0, -1), ("link", 0, 1), ("pipe", 0, 1), (".", 0, 1)])
  func unreadable(name: String, offset: Int64, length: Int64) async throws {
    try folder.write("0123456789", to: "file")
    symlink(folder.path("file"), folder.path("link"))
    mkfifo(folder.path("pipe"), 0o600)
    let exchange = try Exchange()
    let error = await exchange.failure(try upload(exchange.receiver.url(), offset, length, name: name))
    #expect(error?.reason == .notSent(.local))
    #expect(exchange.receiver.connections == 0)
    await exchange.end()
  }

  @Test("A file that becomes shorter while it is sent ends the call: a part of it was read on the other side")
  func shortened() async throws {
    try make("file", 64_000_000)
    let server = try BulkServer { [path = folder.path("file")] in _ = truncate(path, 1000) }
    let error = await failureOf(client, try upload(server.url(), 0, 64_000_000))
    #expect(error?.reason == .unanswered(.local))
    server.stop()
    await client.shutdown()
  }

  @Test("Is never sent again by itself when its connection dies, even where a reused one would have been tried again")
  func dying() async throws {
    try folder.write("0123456789", to: "file")
    let exchange = try Exchange { $0.numberOnConnection == 2 ? .hangUp : .ok }
    _ = try await exchange.client.send(try exchange.request(connection: .reusable))
    var request = try upload(exchange.receiver.url(), 0, 10)
    request.connection = .reusable
    #expect(await exchange.failure(request)?.isNotSent == false)
    #expect(exchange.receiver.arrivals.count == 2)
    await exchange.end()
  }

  @Test("An answer that comes before the file is through is the answer")
  func refused() async throws {
    try make("file", 64_000_000)
    let talking = try TalkingListener(.raw("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno"))
    let answer = try? await client.send(try upload("http://127.0.0.1:\(talking.port)/", 0, 64_000_000))
    // The reset that follows may overtake the answer; then the call has none, and says so.
    #expect(answer == nil || answer?.status == 403)
    talking.stop()
    await client.shutdown()
  }

  @Test("As large as a quarter of a gigabyte, it leaves memory alone, and so does an answer that goes to a file")
  func memory() async throws {
    let size: Int64 = 256_000_000
    try make("file", size)
    let server = try BulkServer()
    _ = try await client.send(Request(.get, try Endpoint(server.url("/1"))))  // what is set up once is not counted
    let before = try PeakMemory.reset()
    #expect(try await client.send(try upload(server.url(), 0, size)).status == 200)
    let down = Request(.get, try Endpoint(server.url("/\(size)")), sink: FileSink(path: folder.path("down"), limit: size))
    #expect(try await client.send(down).body == [])
    #expect(try PeakMemory.bytes() - before < 8_000_000)
    #expect(server.arrivals.map { Int64($0.bytes) } == [0, size, 0])
    #expect(try FileManager.default.attributesOfItem(atPath: folder.path("down"))[.size] as? Int64 == size)
    server.stop()
    await client.shutdown()
  }

  #if FAILPOINTS
    @Test("Killed when its last byte has left: the other side has all of it")
    func killed() async throws {
      try folder.write(String(repeating: "a", count: 3_000_000), to: "file")
      let receiver = try Receiver()
      setenv(Child.variable, "\(folder.path("file")) \(receiver.url())", 1)
      await #expect(processExitsWith: .signal(SIGKILL)) { try await Child.send() }
      unsetenv(Child.variable)
      await receiver.waitForArrivals(1)
      #expect(receiver.arrivals.map(\.body.count) == [3_000_000])
      receiver.stop()
    }

    /// A call in a process of its own, which is killed.
    private enum Child {
      static let variable = "POSTHORN_TEST_FILE_KILL"

      static func send() async throws {
        let parts = (ProcessInfo.processInfo.environment[variable] ?? "").split(separator: " ").map(String.init)
        setenv("POSTHORN_FAILPOINT", "call.sent=kill", 1)
        let client = Client(.init(policy: .init(allowsPrivateHosts: true)))
        let body = Request.Body.file(FileSlice(path: parts[0], offset: 0, length: 3_000_000))
        _ = try await client.send(Request(.put, try Endpoint(parts[1]), body: body))
      }
    }
  #endif

  private let client = Client(.init(policy: .init(allowsPrivateHosts: true)))

  private func upload(
    _ url: String, _ offset: Int64, _ length: Int64, _ method: Request.Method = .put, headers: Headers = [:], name: String = "file"
  ) throws -> Request {
    let slice = FileSlice(path: name == "." ? folder.path : folder.path(name), offset: offset, length: length)
    return Request(method, try Endpoint(url), headers: headers, body: .file(slice))
  }

  /// A file of zeros that takes no room.
  private func make(_ name: String, _ size: Int64) throws {
    try folder.write("", to: name)
    truncate(folder.path(name), off_t(size))
  }
}
