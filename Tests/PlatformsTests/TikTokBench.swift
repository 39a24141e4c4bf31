import Foundation
import HTTP
import Platforms
import Schedule
import Support
import Synchronization

/// The platform beside a strict TikTok, and what the engine would do with it: attempts, questions, another attempt. Time only passes while
/// somebody waits.
struct TikTokBench: Sendable {
  let peer: TikTokPeer
  let client = Client(Client.Settings(policy: AddressPolicy(allowsPrivateHosts: true)))
  let folder: TemporaryFolder
  let tiktok: TikTok
  let clock: TestClock
  /// What the last attempt's preparation had remembered.
  let steps = Shared<[Step]>([])
  /// Where videos are uploaded to, as `credentials/uploads/` has it.
  let uploads: Shared<[String: [UInt8]]>

  init(_ settings: TikTokPeer.Settings = .init(), longestCall: Duration = .seconds(20)) throws {
    let clock = TestClock()
    self.clock = clock
    peer = try TikTokPeer(settings) { clock.now }
    folder = try TemporaryFolder("tiktok")
    let uploads = Shared<[String: [UInt8]]>([:])
    self.uploads = uploads
    let rates = Shared<[String: [UInt8]]>([:])
    guard case .object(let login) = try JSON.parse(Array(peer.login().utf8)), let access = login["access_token"]?.string,
      let origin = Origin(peer.origin)
    else { throw CocoaError(.coderInvalidValue) }
    let (client, peer) = (client, peer)
    tiktok = TikTok(
      .init(
        origin: origin, longestCall: longestCall, send: { request throws(HTTPError) in try await client.send(request) },
        token: { _, _ throws(DeliveryError) in Secret(access) },
        // Renewing takes its time, and TikTok takes the token back that it would not know.
        renewedToken: { _, _, refused throws(DeliveryError) in
          clock.advance(to: clock.now + .seconds(5))
          return refused
        },
        login: { _, _ throws(DeliveryError) in
          guard let login = TikTokCredential(given: Array(peer.login().utf8), app: nil, now: clock.now) else {
            throw DeliveryError(.auth, code: "credential.missing", message: "run: posthorn account login acme")
          }
          return login
        },
        rates: TikTokRates(
          load: { name in rates.with { $0[name.text] } }, save: { name, bytes in rates.with { $0[name.text] = bytes } }, now: { clock.now },
          pause: { clock.advance(to: $0) }),
        uploads: UploadAddresses(
          read: { name in uploads.with { $0[name] } }, write: { name, bytes in uploads.with { $0[name] = bytes } },
          remove: { name in uploads.with { $0[name] = nil } }), now: { clock.now }, pause: { clock.advance(to: $0) }))
  }

  func stop() async {
    peer.stop()
    await client.shutdown()
  }

  /// A post with a video of so many bytes on this disk.
  func video(_ size: Int, _ options: Options = ["privacy_level": .text("PUBLIC_TO_EVERYONE")]) throws -> Publication {
    let path = folder.path("teaser-\(size).mp4")
    var bytes = Data(count: size)
    // No two parts are alike.
    for place in stride(from: 0, to: size, by: 4096) { bytes[place] = UInt8(truncatingIfNeeded: place >> 12 &+ place >> 20) }
    if !FileManager.default.fileExists(atPath: path) { try bytes.write(to: URL(fileURLWithPath: path)) }
    var publication = try publication([Media(source: .path("media/teaser.mp4"))], options)
    publication.files["media/teaser.mp4"] = LocalMedia(path: path, size: Int64(size), sha256: ContentDigest.sha256(bytes))
    return publication
  }

  func publication(_ media: [Media], _ options: Options = ["privacy_level": .text("PUBLIC_TO_EVERYONE")]) throws -> Publication {
    var publication = try sample("tiktok")
    (publication.media, publication.options, publication.title) = (media, options, nil)
    return publication
  }

  /// Does with a post what the engine does, at most four attempts long.
  func publish(_ publication: Publication) async -> CommitResult {
    var last = CommitResult.failed(DeliveryError(.transient, code: "none", message: ""))
    for _ in 1...4 {
      last = await attempt(publication)
      guard case .failed(let error) = last, error.class == .transient || error.class == .quota else { return last }
      clock.advance(to: clock.now + (error.retryAfter ?? .seconds(300)))
    }
    return last
  }

  private func attempt(_ publication: Publication) async -> CommitResult {
    steps.with { $0 = [] }
    var result: CommitResult
    let committedAt: Instant
    do throws(DeliveryError) {
      let prepared = try await tiktok.prepare(publication) { step in steps.with { $0.append(step) } }
      committedAt = clock.now
      result = await tiktok.commit(publication, prepared)
    } catch { return .failed(error) }
    if case .unknown = result { result = await tiktok.settle(publication, steps: steps.with { $0 }, committedAt: committedAt) }
    while case .submitted(let remote) = result {
      clock.advance(to: clock.now + .seconds(30))
      guard clock.now - committedAt < .seconds(86_400) else { return result }
      let answer = await tiktok.confirm(publication, steps: steps.with { $0 }, remote: remote)
      if case .unknown = answer { continue }
      result = answer
    }
    return result
  }
}

/// A value that closures share.
final class Shared<Value: Sendable>: Sendable {
  private let value: Mutex<Value>

  init(_ value: Value) { self.value = Mutex(value) }

  func with<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result { value.withLock { body(&$0) } }
}
