import Foundation
import HTTP
import Platforms
import Schedule
import Support
import Synchronization

extension Instant {
  static let noon = Instant(seconds: 1_795_780_800)
}

/// The whole of a sample delivery; a test changes what it is about.
func sample(_ platform: String, url: String? = nil, dedupes: Bool = false) throws -> Publication {
  guard let post = PostID("launch-teaser"), let name = AccountName("acme") else { throw CocoaError(.featureUnsupported) }
  var account = Account(name: name, platform: platform)
  if let url { account.parameters["url"] = .text(url) }
  if dedupes { account.parameters["dedupes"] = .flag(true) }
  var publication = Publication(
    id: DeliveryID(post: post, account: name), account: account, key: "msg_0123456789abcdef", attempt: 1, scheduledAt: .noon,
    scheduledTime: "2026-11-27T09:00", timezone: "America/New_York", title: "Doors open", caption: "Doors open at nine.\n",
    media: [Media(source: .path("media/teaser.mp4"), alt: "A horn"), Media(source: .url("https://example.org/x.png"))],
    options: ["flag": .flag(true), "text": .text("no")])
  publication.commit = String(repeating: "9e07d31a", count: 5)
  publication.facts["media/teaser.mp4"] = MediaFacts(sha256: String(repeating: "ab", count: 32), size: 48_211, type: .mp4)
  return publication
}

/// A clock that moves when somebody waits.
final class TestClock: Sendable {
  private let instant = Mutex(Instant.noon)

  var now: Instant { instant.withLock { $0 } }
  func advance(to later: Instant) { instant.withLock { $0 = max($0, later) } }
}

/// Folders as the state directory has them.
struct Host: Sendable {
  let folder: TemporaryFolder
  let clock = TestClock()
  let client = Client(.init(policy: .init(allowsPrivateHosts: true)))

  init() throws {
    folder = try TemporaryFolder("platforms")
    for name in ["credentials", "outbox"] {
      try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
    }
  }

  var credentials: Credentials {
    Credentials(folder: folder.path("credentials")) { [folder] name, bytes in
      try write(bytes, folder.path("credentials/\(name)"))
    }
  }

  var outbox: Outbox {
    Outbox(
      exists: { [folder] account, name in FileManager.default.fileExists(atPath: folder.path("outbox/\(account)/\(name)")) },
      write: { [folder] account, name, bytes in
        try FileManager.default.createDirectory(atPath: folder.path("outbox/\(account)"), withIntermediateDirectories: true)
        try write(bytes, folder.path("outbox/\(account)/\(name)"))
      })
  }

  /// All shipped platforms, by name.
  func platform(_ name: String) -> (any Platform)? {
    Shipped.platforms(
      outbox: outbox, client: client, credentials: credentials,
      tiktok: .init(
        uploads: UploadAddresses(read: { _ in nil }, write: { _, _ in }, remove: { _ in }), loadRates: { _ in nil }, saveRates: { _, _ in }),
      now: { clock.now }, pause: { clock.advance(to: $0) }
    ).first { type(of: $0).schema.name == name }
  }

  /// The files in the outbox of the sample's account.
  var outboxFiles: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path("outbox/acme"))) ?? [] }

  static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  func login(_ url: String, secret: String = secret) throws {
    guard let account = AccountName("acme"), let origin = Origin(url) else { throw CocoaError(.featureUnsupported) }
    try credentials.write(Array(#"{"secret": "\#(secret)"}"#.utf8), for: account, to: origin)
  }
}

private func write(_ bytes: [UInt8], _ path: String) throws {
  try Data(bytes).write(to: URL(fileURLWithPath: path))
  try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
}

/// What a platform asked the engine to remember.
final class Remembered: Sendable {
  private let list = Mutex<[Step]>([])

  var steps: [Step] { list.withLock { $0 } }
  func append(_ step: Step) { list.withLock { $0.append(step) } }
}

extension CommitResult {
  var error: DeliveryError? {
    switch self {
    case .failed(let error), .unknown(let error): error
    case .published, .delivered, .submitted: nil
    }
  }

  var isUnknown: Bool { if case .unknown = self { true } else { false } }
  var isFailed: Bool { if case .failed = self { true } else { false } }
  var isPublished: Bool { if case .published = self { true } else { false } }
}
