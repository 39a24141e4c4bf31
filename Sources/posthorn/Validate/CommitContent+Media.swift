import Git
import Schedule
import Synchronization

extension CommitContent {
  /// Which media files the commit has.
  var media: MediaFolder {
    let shelf = Shelf(self)
    return MediaFolder {
      shelf.found($0)
    } start: {
      shelf.start(of: $0)
    }
  }

  /// Media are rare beside posts: one handle serves all threads.
  private final class Shelf: Sendable {
    private let content: CommitContent
    private let handle = Mutex<Handle?>(nil)

    init(_ content: CommitContent) { self.content = content }

    /// Where the repository cannot be read, nobody can say; reading the posts says why.
    func found(_ name: String) -> MediaFolder.Found {
      guard let blob = content.blobs["\(content.listing.folder)/\(name)"] else { return .absent }
      guard let size = ask({ try $0.repository.blobSize(blob) }) else { return .unknown }
      guard size < LFSPointer.bytes else { return .file(MediaFile(size: size)) }
      guard let bytes = ask({ try $0.repository.blob(blob, limit: LFSPointer.bytes) }) else { return .unknown }
      return .file(MediaFile(short: bytes))
    }

    func start(of name: String) -> [UInt8] {
      guard let blob = content.blobs["\(content.listing.folder)/\(name)"] else { return [] }
      return ask { Array(try $0.repository.blob(blob, limit: MediaFile.blobLimit).prefix(MediaType.bytes)) } ?? []
    }

    private func ask<Answer: Sendable>(_ question: (Handle) throws -> Answer) -> Answer? {
      handle.withLock { handle in
        do {
          let opened = try handle ?? Handle(content.path, content.quarantine)
          handle = opened
          return try question(opened)
        } catch { return nil }
      }
    }
  }
}
