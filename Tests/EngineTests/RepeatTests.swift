import Engine
import Foundation
import HTTP
import Platforms
import Schedule
import Support
import Testing

@Suite("A receiver that drops repeats")
struct RepeatTests {
  @Test("Row 15: after a 500 it is sent again once the first call has certainly ended, with the same id and bytes, and is published")
  func again() async throws {
    let receiver = try Receiver { $0.number == 1 ? .reply(500) : .ok }
    defer { receiver.stop() }
    let folder = try TemporaryFolder("credentials")
    let credentials = Credentials(folder: folder.path) { name, bytes in try folder.write(String(decoding: bytes, as: UTF8.self), to: name) }
    let (account, origin) = (try #require(AccountName("acme")), try #require(Origin(receiver.url())))
    try credentials.write(Array(#"{"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}"#.utf8), for: account, to: origin)
    let client = Client(.init(policy: .init(allowsPrivateHosts: true)))
    let stage = try Stage(
      leaps: true,
      others: { time in
        Shipped.platforms(
          outbox: Outbox(exists: { _, _ in false }, write: { _, _, _ in }), client: client, credentials: credentials,
          tiktok: .init(
            uploads: UploadAddresses(read: { _ in nil }, write: { _, _ in }, remove: { _ in }), loadRates: { _ in nil },
            saveRates: { _, _ in }), now: { time.now },
          pause: { await time.clock.pause(until: $0) })
      },
      ["accounts/acme.yaml": "platform: webhook\nurl: \(receiver.url("/in"))\ndedupes: true\n", "posts/launch.yaml": post()])
    try await stage.pass()
    #expect(try stage.outcomes() == ["published"])
    let arrivals = receiver.arrivals
    #expect(arrivals.count == 2)
    #expect(Set(arrivals.map { $0.headers["webhook-id"] }).count == 1 && Set(arrivals.map(\.body)).count == 1)
    #expect(stage.time.now >= .noon + .seconds(35))
    await client.shutdown()
  }
}
