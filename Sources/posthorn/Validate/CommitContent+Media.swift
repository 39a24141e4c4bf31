import Git
import Schedule
import Synchronization

extension MediaFolder {
  /// Which media files a commit has.
  init(of shelf: CommitContent.Shelf) {
    self.init {
      shelf.found($0)
    } open: {
      shelf.open($0)
    } names: {
      shelf.names(in: $0)
    }
  }
}

extension CommitContent {
  /// What a commit has beside posts. It is seldom asked for: one handle serves all threads.
  final class Shelf: Sendable {
    private let content: CommitContent
    private let objects: LFSObjects
    private let handle = Mutex<RepositoryBox?>(nil)

    init(_ content: CommitContent) {
      self.content = content
      objects = LFSObjects(of: content.path)
    }

    /// Where the repository cannot be read, nobody can say; reading the posts says why.
    func found(_ name: String) -> MediaFolder.Found {
      guard let blob = blob(of: name) else { return hasLink(name) ? .link : .absent }
      guard let size = ask({ try $0.repository.blobSize(blob) }) else { return .unknown }
      guard size < LFSPointer.bytes else { return .file(MediaFile(size: size)) }
      guard let bytes = ask({ try $0.repository.blob(blob, limit: LFSPointer.bytes) }) else { return .unknown }
      return .file(MediaFile(short: bytes))
    }

    /// A file of git is read whole, since git keeps it compressed; of one that is too large for git its size was reported.
    func open(_ name: String) -> MediaBytes? {
      guard let blob = blob(of: name), let bytes = ask({ try $0.repository.blob(blob, limit: MediaFile.blobLimit) }) else { return nil }
      return LFSPointer(bytes).map(objects.open) ?? MediaBytes(bytes)
    }

    /// A listing has no links; a tree tells.
    private func hasLink(_ name: String) -> Bool {
      guard let tree = content.tree else { return false }
      return ask { try $0.repository.link(onTheWayTo: "\(content.listing.folder)/\(name)", in: tree) != nil } ?? false
    }

    /// The names in a folder below the content folder.
    func names(in folder: String) -> [String] {
      let path = folder.isEmpty ? content.listing.folder : "\(content.listing.folder)/\(folder)"
      guard let tree = content.tree else {
        let below = content.blobs.keys.filter { ContentPath.isBelow(path, $0) }.map { ContentPath.inside(path, $0) }
        return Array(Set(below.map { String(Substring($0.utf8.prefix { $0 != UInt8(ascii: "/") })) }))
      }
      return ask { handle in
        guard let entry = try handle.repository.entry(at: path, in: tree, through: .anyFolders), entry.kind == .folder else { return [] }
        return try handle.repository.entries(of: entry.id).map(\.name)
      } ?? []
    }

    /// What the last sync of an account wrote.
    func record(_ account: AccountName) -> [UInt8]? {
      content.records[account].flatMap { blob in ask { try $0.repository.blob(blob, limit: JSON.Limits().size) } }
    }

    private func blob(of name: String) -> ObjectID? {
      let path = "\(content.listing.folder)/\(name)"
      if let entry = content.overlay[path] { return entry.flatMap { $0.kind == .file ? $0.id : nil } }
      guard let tree = content.tree else {
        // To a dictionary a composed name and a decomposed one are the same; to git they are two.
        guard let found = content.blobs.index(forKey: path), content.blobs[found].key.utf8.elementsEqual(path.utf8) else { return nil }
        return content.blobs[found].value
      }
      let entry = ask { try $0.repository.entry(at: path, in: tree) } ?? nil
      return entry.flatMap { $0.kind == .file ? $0.id : nil }
    }

    private func ask<Answer: Sendable>(_ question: (RepositoryBox) throws -> Answer) -> Answer? {
      handle.withLock { handle in
        do {
          let opened = try handle ?? RepositoryBox(Repository(screened: content.path, content: content.listing.folder, content.quarantine))
          handle = opened
          return try question(opened)
        } catch { return nil }
      }
    }
  }
}

/// Keeps a repository for closures.
private final class RepositoryBox {
  let repository: Repository
  init(_ repository: consuming Repository) { self.repository = repository }
}
