import Git
import Schedule

/// The content folder of one commit, read from the repository and nothing else.
struct CommitContent: Sendable {
  let listing: ContentListing
  private let path: String
  private let blobs: [String: ObjectID]

  /// - Parameter repo: a work tree or a bare repository; `rev` is in git's notation.
  init(_ rev: String, in repo: String, folder: String) throws(Failure) {
    guard !repo.contains("://") else {
      throw .couldNot("\(repo) is a URL, and --rev reads a repository on this host; clone it and name the clone with --repo")
    }
    do throws(GitError) {
      path = try Repository.discover(from: repo)
      let repository = try Repository(at: path)
      let root = try repository.tree(of: repository.revision(rev))
      guard let entry = try repository.entry(at: folder, in: root), entry.kind == .folder else {
        throw GitError(step: "read commit \(rev)", reason: .notFound, detail: "it has no folder \(folder); name another with --folder")
      }
      var reading = Reading(listing: ContentListing(folder: folder))
      try reading.read(entry.id, at: folder, in: repository)
      (listing, blobs) = (reading.listing, reading.blobs)
    } catch {
      throw Self.failure(error, rev)
    }
  }

  /// Whether a path is a file that was listed, or a folder with one in it.
  func holds(_ path: String) -> Bool {
    blobs[path] != nil || path.isEmpty || blobs.keys.contains { $0.hasPrefix(path + "/") }
  }

  var files: ContentFiles {
    let (path, blobs, folder) = (path, blobs, listing.folder)
    return ContentFiles(
      openReader: { () throws(Failure) in
        let repository = try Handle(path)
        return { (file, body) throws(Failure) in try repository.read(blobs[file], named: file, body) }
      }, media: MediaFolder { blobs["\(folder)/\($0)"] != nil },
      // What was committed is what is asked about: no post of it is newer than another.
      isNew: { _, _ in false })
  }

  fileprivate static func failure(_ error: GitError, _ what: String) -> Failure {
    switch error.reason {
    case .notFound where error.step.hasPrefix("find the commit"):
      .couldNot("there is no commit \(what); list them with: git log --oneline")
    default: .couldNot(error.description)
    }
  }

  private struct Reading {
    var listing: ContentListing
    var blobs: [String: ObjectID] = [:]

    mutating func read(_ tree: ObjectID, at path: String, in repository: borrowing Repository) throws(GitError) {
      let entries = try repository.entries(of: tree, at: path)
      listing.enter(path, names: entries.lazy.map(\.name))
      for entry in entries {
        let inside = "\(path)/\(entry.name)"
        let kind = EntryCheck.Kind(entry.kind)
        if listing.add(inside, kind) { try read(entry.id, at: inside, in: repository) }
        if kind == .file { blobs[inside] = entry.id }
      }
    }
  }

  /// One thread's own handle on the repository.
  private final class Handle {
    private let repository: Repository

    init(_ path: String) throws(Failure) {
      do throws(GitError) {
        repository = try Repository(at: path)
      } catch {
        throw CommitContent.failure(error, path)
      }
    }

    func read(_ id: ObjectID?, named path: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) throws(Failure) {
      guard let id else { throw .couldNot("\(path) is not in the commit") }
      let bytes: [UInt8]
      do throws(GitError) {
        // A file that is too long is shown as one byte too long, and reported as that.
        let limit = 1024 * 1024
        bytes = try repository.blobSize(id) > limit ? [UInt8](repeating: 0x20, count: limit + 1) : repository.blob(id, limit: limit)
      } catch {
        throw CommitContent.failure(error, path)
      }
      bytes.withUnsafeBufferPointer(body)
    }
  }
}

extension EntryCheck.Kind {
  init(_ kind: TreeEntry.Kind) {
    self =
      switch kind {
      case .file, .executable: .file
      case .folder: .folder
      case .link: .symlink
      case .submodule: .submodule
      case .other: .special
      }
  }
}
