import Git
import Platforms
import Schedule

extension ContentSource {
  /// The digests of the files that a post takes along, resolved in the tree of its commit and never on a disk.
  func media(_ post: Post, account: Account, tree: ObjectID, in repository: borrowing Repository) throws -> MediaReading {
    var reading = MediaReading()
    for medium in post.overrides[account.name]?.media ?? post.media {
      switch medium.source {
      case .url(let url): reading.digests.append(MediaDigest(path: url, sha256: nil))
      case .path(let path):
        guard let entry = try repository.entry(at: "\(folder)/\(path)", in: tree), entry.problem == nil, entry.kind != .folder else {
          let twin = try repository.twins(onTheWayTo: "\(folder)/\(path)", in: tree).first
          reading.problem = DeliveryError(
            .content, code: "media.missing",
            message: twin.map {
              "\(folder)/\(path) is not read: \($0.twin.printable) is the same name on a system that ignores case or Unicode composition; "
                + "rename one of them"
            } ?? "\(folder)/\(path) is not in the commit; add the file, or correct the path")
          continue
        }
        try reading.add(path, entry.id, repository)
      }
    }
    return reading
  }

  /// A plain blob's bytes.
  func mediaBytes(_ blob: ObjectID) throws -> [UInt8] { try withRepository { try $0.blob(blob, limit: MediaFile.blobLimit) } }
}

/// A file that a post takes along, as its commit has it.
struct MediaEntry: Equatable, Sendable {
  /// Below the content folder.
  var path: String
  var facts: MediaFacts
  var storage: Storage

  enum Storage: Equatable, Sendable {
    case blob(ObjectID)
    case lfs(LFSPointer)
  }
}

/// The files of a post: their digests, and what is wrong with one of them.
struct MediaReading {
  var digests: [MediaDigest] = []
  var entries: [MediaEntry] = []
  var problem: DeliveryError?

  private var bytes = 0

  /// By the path that the post names.
  var facts: [String: MediaFacts] { Dictionary(entries.map { ($0.path, $0.facts) }) { first, _ in first } }

  /// What one post takes along as plain blobs: all of it is read when the post goes out.
  static let totalLimit = 512_000_000

  mutating func add(_ path: String, _ blob: ObjectID, _ repository: borrowing Repository) throws {
    let size = try repository.blobSize(blob)
    guard size <= MediaFile.blobLimit else {
      problem = DeliveryError(
        .content, code: "media.size", message: "\(path) has \(size) bytes; keep files above \(MediaFile.blobLimit) bytes in Git LFS")
      return
    }
    bytes += size
    guard bytes <= Self.totalLimit else {
      problem = DeliveryError(
        .content, code: "media.size", message: "the media have more than \(Self.totalLimit) bytes together; keep large files in Git LFS")
      return
    }
    let content = try repository.blob(blob, limit: MediaFile.blobLimit)
    let pointer = LFSPointer(content)
    guard pointer != nil || !LFSPointer.isAnnounced(by: content) else {
      problem = DeliveryError(
        .content, code: "media.lfs", message: "\(path) is a Git LFS pointer that cannot be read; add the file anew: git lfs track, git add")
      return
    }
    let sha256 = pointer?.oid ?? ContentDigest.sha256(content)
    digests.append(MediaDigest(path: path, sha256: sha256))
    let type = pointer == nil ? MediaType(start: Array(content.prefix(MediaType.bytes))) : nil
    let facts = MediaFacts(sha256: sha256, size: pointer?.size ?? size, type: type ?? MediaType(name: path[...]))
    entries.append(MediaEntry(path: path, facts: facts, storage: pointer.map { .lfs($0) } ?? .blob(blob)))
  }
}
