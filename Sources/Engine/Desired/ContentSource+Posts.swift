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
    var accounts: [ContentFile] = []
    let tree = try repository.tree(of: tip)
    let (settings, problem) = try settings(in: tree, of: repository)
    if let problem { diagnostics.append(problem) }
    if try repository.entry(at: "\(folder)/accounts", in: tree) != nil {
      try repository.walk(tree, under: "\(folder)/accounts") { path, entry in
        guard case .account = ContentPath.kind(of: ContentPath.inside(folder, path)), entry.problem == nil else { return }
        accounts.append(try file(path, entry, repository))
      }
    }
    return Catalog(
      settings: settings, problem: problem, earlier: readEarlierSettings(in: repository), accounts: accounts, zones: environment.zones,
      platforms: environment.platforms, branches: branches, diagnostics: &diagnostics)
  }

  func file(_ path: String, _ entry: TreeEntry, _ repository: borrowing Repository) throws -> ContentFile {
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
