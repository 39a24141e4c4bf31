import Git
import Platforms
import Schedule

/// What reading content needs to know of the host.
struct ContentEnvironment: Sendable {
  var zones: Zones
  var platforms: [PlatformSchema]
}

extension ContentSource {
  /// Settings and accounts at a commit; what is wrong in them was said when it was adopted.
  func catalog(at commit: ObjectID) throws -> Catalog {
    var ignored: [Diagnostic] = []
    return try withRepository { try catalog(at: commit, in: $0, diagnostics: &ignored) }
  }

  /// Settings and accounts at a commit.
  func catalog(at tip: ObjectID, in repository: borrowing Repository, diagnostics: inout [Diagnostic]) throws -> Catalog {
    var settings: ContentFile?
    var accounts: [ContentFile] = []
    let tree = try repository.tree(of: tip)
    for name in ["posthorn.yaml", "posthorn.yml"] where settings == nil {
      // One that is a link or worse is no file: it is named among the problems of the adoption, and the defaults hold.
      guard let entry = try repository.entry(at: "\(folder)/\(name)", in: tree), entry.problem == nil, entry.kind != .folder else {
        continue
      }
      settings = try file("\(folder)/\(name)", entry, repository)
    }
    if try repository.entry(at: "\(folder)/accounts", in: tree) != nil {
      try repository.walk(tree, under: "\(folder)/accounts") { path, entry in
        guard case .account = ContentPath.kind(of: ContentPath.inside(folder, path)), entry.problem == nil else { return }
        accounts.append(try file(path, entry, repository))
      }
    }
    return Catalog(
      settings: settings, accounts: accounts, zones: environment.zones, platforms: environment.platforms, diagnostics: &diagnostics)
  }

  private func file(_ path: String, _ entry: TreeEntry, _ repository: borrowing Repository) throws -> ContentFile {
    ContentFile(path: path, bytes: try bounded(entry.id, repository))
  }

  /// A file's bytes; of one beyond the limit just enough for the reader to refuse it by its own rule.
  private func bounded(_ blob: ObjectID, _ repository: borrowing Repository) throws -> [UInt8] {
    do throws(GitError) { return try repository.blob(blob, limit: CommitPosts.largest) } catch {
      guard error.reason == .tooLarge else { throw error }
      return CommitPosts.tooLarge
    }
  }
}
