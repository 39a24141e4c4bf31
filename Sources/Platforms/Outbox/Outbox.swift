public import Schedule

/// The platform that needs no account anywhere: a JSON file a delivery, in the state directory's `outbox/ACCOUNT/`.
///
/// The file's name comes from the delivery's key, so a repeat replaces it with the same bytes, and a doubt is settled by looking (P4).
public struct Outbox: Platform {
  public static let schema = PlatformSchema(name: "outbox", options: [], parameters: [])
  public static let preparesHere = true
  /// What another one has sent lies on its disk.
  public static let settlesFromElsewhere = false

  private let exists: @Sendable (_ account: AccountName, _ name: String) throws -> Bool
  private let write: @Sendable (_ account: AccountName, _ name: String, _ bytes: [UInt8]) throws -> Void

  /// - Parameters:
  ///   - exists: whether the folder of `account` has a file `name`, for good: a "yes" survives a power cut, whoever wrote the file.
  ///   - write: puts the file there durably, all of it or none (F1), and makes the folder where it is missing.
  public init(
    exists: @escaping @Sendable (_ account: AccountName, _ name: String) throws -> Bool,
    write: @escaping @Sendable (_ account: AccountName, _ name: String, _ bytes: [UInt8]) throws -> Void
  ) {
    self.exists = exists
    self.write = write
  }

  public nonisolated(nonsending) func prepare(
    _ publication: Publication, remember: @Sendable (Step) async throws -> Void
  ) async throws(DeliveryError) -> Prepared {
    Prepared(body: publication.json.bytes())
  }

  public func commit(_ publication: Publication, _ prepared: Prepared, within window: CallWindow) async -> CommitResult? {
    guard window.isOpen() else { return nil }
    do {
      try write(publication.id.account, Self.name(of: publication), prepared.body)
      return .published(Self.remote(publication))
    } catch {
      let message = "the outbox of account \(publication.id.account) could not be written: \(error)"
      return isAbsent(publication)
        ? .failed(DeliveryError(.transient, code: "outbox.write", message: clipped(message)))
        : .unknown(DeliveryError(.unknown, code: "outbox.write", message: clipped(message)))
    }
  }

  /// The file is the proof; without it, nothing was published, and it is written now.
  public func settle(_ publication: Publication, steps: [Step], committedAt: Instant, within window: CallWindow) async -> CommitResult? {
    let isThere = try? exists(publication.id.account, Self.name(of: publication))  // where one cannot look, writing says why
    if isThere == true { return .published(Self.remote(publication)) }
    if isThere == nil, !window.isOpen() {
      let message = "the outbox of account \(publication.id.account) cannot be read, so that it is not known whether the post is in it"
      return .unknown(DeliveryError(.unknown, code: "outbox.read", message: message))
    }
    return await commit(publication, Prepared(body: publication.json.bytes()), within: window)
  }

  public func confirm(_ publication: Publication, steps: [Step], remote: Remote) async -> CommitResult { .published(remote) }

  /// `launch-teaser.KEY.json`; a key that cannot be a part of a file's name stands as its digest.
  static func name(of publication: Publication) -> String {
    let key = publication.key
    let isPlain = (1...100).contains(key.utf8.count) && key.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F }
    return "\(publication.id.post).\(isPlain ? key : ContentDigest.sha256(key.utf8)).json"
  }

  private static func remote(_ publication: Publication) -> Remote { Remote(id: name(of: publication)) }

  /// `false` where one cannot look: then it is not known.
  private func isAbsent(_ publication: Publication) -> Bool {
    (try? exists(publication.id.account, Self.name(of: publication))) == false
  }
}

func isAlphanumeric(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
  default: false
  }
}

/// At most 1 KiB, as messages of errors are.
func clipped(_ message: String) -> String {
  message.utf8.count <= 1024 ? message : String(decoding: message.utf8.prefix(1000), as: UTF8.self) + "…"
}
