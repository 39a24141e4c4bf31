import Foundation
import HTTP
import LFS
import Schedule
import Support
import Testing

@Suite("A download from a Git LFS server")
struct DownloadTests {
  @Test("Asks as the specification says, and takes the object from where the server says")
  func whole() async throws {
    let ground = try Ground()
    try await ground.bring()
    #expect(ground.arrived == Ground.content)
    #expect(ground.server.violations == [])
    let question = try JSON.parse(try #require(ground.server.questions.first).body)
    #expect(question["operation"] == "download")
    #expect(question["ref"]?["name"] == "refs/heads/main")
    #expect(question["objects"] == [["oid": .string(ground.object.oid), "size": 200_000]])
    #expect(ground.server.downloads.count == 1)
    await ground.end()
  }

  @Test("Of an object without a byte makes an empty file")
  func empty() async throws {
    let ground = try Ground([])
    try await ground.bring()
    #expect(ground.arrived == [])
    #expect(ground.server.questions.isEmpty)
    await ground.end()
  }

  @Test("Goes on from what an earlier try left")
  func resumed() async throws {
    let ground = try Ground()
    try ground.here(Ground.content.prefix(150_000))
    try await ground.bring()
    #expect(ground.arrived == Ground.content)
    #expect(ground.server.downloads.map { $0.headers["range"] } == ["bytes=150000-"])
    await ground.end()
  }

  @Test("Takes nothing where all of it is here")
  func complete() async throws {
    let ground = try Ground()
    try ground.here(Ground.content)
    try await ground.bring()
    #expect(ground.server.questions.isEmpty)
    await ground.end()
  }

  @Test("Starts over where the server does not go on", arguments: [LFSServer.Fault.wholeForPart, .bytes(416)])
  func startsOver(fault: LFSServer.Fault) async throws {
    let ground = try Ground()
    try ground.here(Ground.content.prefix(150_000))
    ground.server.inject(fault)
    try await ground.bring()
    #expect(ground.arrived == Ground.content)
    await ground.end()
  }

  @Test("Starts over, once, where what is here turns out to be something else", arguments: [150_000, 200_000, 200_001])
  func otherPart(count: Int) async throws {
    let ground = try Ground()
    try ground.here([UInt8](repeating: 0x2A, count: count))
    try await ground.bring()
    #expect(ground.arrived == Ground.content)
    #expect(ground.server.downloads.last?.headers["range"] == nil)
    await ground.end()
  }

  @Test("Goes on by itself when the connection ends in the midst, without asking where again")
  func cut() async throws {
    let ground = try Ground()
    ground.server.inject(.cut(after: 60_000), .cut(after: 60_000))
    try await ground.bring()
    #expect(ground.arrived == Ground.content)
    #expect(ground.server.questions.count == 1)
    #expect(ground.server.downloads.map { $0.headers["range"] } == [nil, "bytes=60000-", "bytes=120000-"])
    await ground.end()
  }

  @Test("A connection that ends without a byte is for later, and keeps what is here")
  func stuck() async throws {
    let ground = try Ground()
    ground.server.inject(.cut(after: 60_000), .cut(after: 0))
    let error = await ground.failure()
    #expect(error?.class == .transient && error?.code == "lfs.truncated")
    #expect(ground.arrived?.count == 60_000)
    await ground.end()
  }

  @Test(
    "Bytes that are not the object's do not count, and leave nothing behind",
    arguments: [LFSServer.Fault.otherBytes, .short(1000), .long])
  func wrongBytes(fault: LFSServer.Fault) async throws {
    let ground = try Ground()
    ground.server.inject(fault)
    let error = await ground.failure()
    #expect(error?.class == .transient && error?.code == "lfs.digest")
    #expect(ground.arrived == [])
    try await ground.bring()
    #expect(ground.arrived == Ground.content)
    await ground.end()
  }

  @Test("An action that is too old is asked for again, once")
  func expired() async throws {
    let ground = try Ground()
    ground.server.inject(.expired)
    try await ground.bring()
    #expect(ground.arrived == Ground.content)
    #expect(ground.server.questions.count == 2)
    ground.server.inject(.expired, .expired)
    try ground.here([])
    #expect(await ground.failure()?.code == "lfs.credential")
    await ground.end()
  }

  @Test("An action whose time is over when the rest is taken is asked for again")
  func expiring() async throws {
    let ground = try Ground()
    ground.server.inject(.expiring, .cut(after: 60_000))
    try await ground.bring()
    #expect(ground.arrived == Ground.content)
    #expect(ground.server.questions.count == 2)
    await ground.end()
  }

  @Test("What leads elsewhere is followed, and the action's header stays behind")
  func redirected() async throws {
    let ground = try Ground()
    let other = try Receiver { _ in .reply(200, body: Ground.content) }
    ground.server.inject(.bytes(302, headers: ["location": other.url("/there")]))
    try await ground.bring()
    #expect(ground.arrived == Ground.content)
    #expect(other.arrivals.map { $0.headers["x-key"] } == [nil])
    other.stop()
    await ground.end()
  }

  @Test("Ends where it is when nobody wants it any more, and goes on from there later")
  func unwanted() async throws {
    let ground = try Ground()
    ground.want(4)
    #expect(await ground.failure()?.class == .transient)
    let count = try #require(ground.arrived?.count)
    #expect(0 < count && count < Ground.content.count)
    ground.want(.max)
    try await ground.bring()
    #expect(ground.server.downloads.last?.headers["range"] == "bytes=\(count)-")
    #expect(ground.arrived == Ground.content)
    await ground.end()
  }

  @Test("Memory stays what it was for a hundred megabytes")
  func memory() async throws {
    let content = [UInt8](repeating: 0x5A, count: 100_000_000)
    let ground = try Ground(content)
    let other = try BulkServer()
    // Zeros from a server that keeps nothing; their digest is known.
    let zeros = try #require(
      LFSPointer(Array(LFSServer.pointer(LFSServer.oid(of: [UInt8](repeating: 0, count: 100_000_000)), 100_000_000).utf8)))
    ground.server.inject(
      .list(
        200,
        body: """
          {"objects": [{"oid": "\(zeros.oid)", "size": 100000000, "actions": {"download": {"href": "\(other.url("/100000000"))"}}}]}
          """))
    let before = try PeakMemory.reset()
    try await ground.bring(zeros)
    #expect(try PeakMemory.bytes() - before < 8_000_000)
    other.stop()
    await ground.end()
  }

  @Test("Finds what the real client has pushed")
  func realClient() async throws {
    let ground = try Ground()
    let folder = try TemporaryFolder("lfs-client")
    let bare = try GitClient.create(at: folder.path("team.git"), "--bare")
    let clone = try GitClient.clone(bare.path, to: folder.path("clone"), environment: ["HOME": folder.path])
    try clone.git("lfs", "install", "--local")
    try clone.git("config", "lfs.url", ground.server.url)
    try clone.git("config", "lfs.locksverify", "false")
    try clone.commit([".gitattributes": "*.mp4 filter=lfs diff=lfs merge=lfs -text\n", "teaser.mp4": "moving pictures"])
    try clone.git("push", "-q", "origin", "HEAD:main")
    let pointer = try #require(LFSPointer(Array((try bare.git("show", "main:teaser.mp4") + "\n").utf8)))
    try await ground.bring(pointer)
    #expect(ground.arrived == Array("moving pictures".utf8))
    #expect(ground.server.violations == [])
    await ground.end()
  }
}
