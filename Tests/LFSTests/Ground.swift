import Foundation
import HTTP
import LFS
import Schedule
import Support
import Synchronization
import Testing

/// A server with one object, and the file that it is to come into.
final class Ground: Sendable {
  static let content = Array(String(repeating: "0123456789", count: 20_000).utf8)

  let server: LFSServer
  let object: LFSPointer
  let client: Client
  private let folder: TemporaryFolder
  private let pieces = Mutex(Int.max)

  init(
    _ content: [UInt8] = Ground.content, login: (user: String, password: String)? = nil,
    policy: AddressPolicy = .init(allowsPrivateHosts: true)
  ) throws {
    server = try LFSServer(login: login)
    object = try #require(LFSPointer(Array(server.put(content).utf8)))
    client = Client(.init(policy: policy))
    folder = try TemporaryFolder("lfs")
  }

  var part: String { folder.path("part") }
  func here(_ bytes: some Sequence<UInt8>) throws { try Data(bytes).write(to: URL(fileURLWithPath: part)) }
  var arrived: [UInt8]? { FileManager.default.contents(atPath: part).map(Array.init) }
  /// From the piece after these on, nobody wants what comes.
  func want(_ count: Int) { pieces.withLock { $0 = count } }

  func bring(
    _ object: LFSPointer? = nil, choice: Server.Choice = .remote, credential: BasicCredential? = nil, at url: String? = nil,
    into path: String? = nil, privateHosts: Set<String> = ["127.0.0.1"]
  ) async throws {
    let downloader = Downloader(
      send: { [client] request throws(HTTPError) in try await client.send(request) }, now: { Instant(seconds: 1_795_780_800) },
      isWanted: { [self] in
        pieces.withLock { pieces in
          pieces -= 1
          return pieces >= 0
        }
      })
    try await downloader.bring(
      object ?? self.object,
      from: Server(try Endpoint(url ?? server.url), choice: choice, credential: credential, privateHosts: privateHosts), branch: "main",
      to: path ?? part)
  }

  func failure(
    _ object: LFSPointer? = nil, choice: Server.Choice = .remote, credential: BasicCredential? = nil, at url: String? = nil,
    into path: String? = nil, privateHosts: Set<String> = ["127.0.0.1"]
  ) async -> DeliveryError? {
    do {
      try await bring(object, choice: choice, credential: credential, at: url, into: path, privateHosts: privateHosts)
      return nil
    } catch { return error as? DeliveryError }
  }

  func credential(_ password: String, for origin: String? = nil) throws -> BasicCredential {
    BasicCredential(user: "ann", password: password, origin: try #require(Origin(origin ?? server.url)))
  }

  func end() async {
    server.stop()
    await client.shutdown()
  }
}
