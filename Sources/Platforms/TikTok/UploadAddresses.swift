import Schedule

/// Where videos under way are uploaded to. Such a URL carries a secret: it is a file of its own beside the credentials, and goes with the upload.
public struct UploadAddresses: Sendable {
  private let read: @Sendable (_ name: String) throws -> [UInt8]?
  private let write: @Sendable (_ name: String, _ bytes: [UInt8]) throws -> Void
  private let remove: @Sendable (_ name: String) throws -> Void

  /// - Parameters:
  ///   - write: puts a file durably into an owner-only folder, all of it or none (F1), with mode 0600.
  ///   - remove: where there is none, that is fine.
  public init(
    read: @escaping @Sendable (_ name: String) throws -> [UInt8]?,
    write: @escaping @Sendable (_ name: String, _ bytes: [UInt8]) throws -> Void,
    remove: @escaping @Sendable (_ name: String) throws -> Void
  ) {
    (self.read, self.write, self.remove) = (read, write, remove)
  }

  /// - Throws: transient: without it an upload that was cut off could not be taken up.
  func keep(_ url: Secret, of publication: Publication) throws(DeliveryError) {
    do { try write(publication.key, Array(url.reveal().utf8)) } catch {
      throw DeliveryError(
        .transient, code: "tiktok.upload", message: clipped("where to upload to could not be written down: \(error)"))
    }
  }

  func url(of publication: Publication) -> Secret? {
    // One that cannot be read is lost: then the platform is only asked.
    (try? read(publication.key)).flatMap { $0 }.map { Secret(String(decoding: $0, as: UTF8.self)) }
  }

  /// What stays behind expires within the hour and is swept at the next start.
  func forget(_ publication: Publication) { try? remove(publication.key) }
}
