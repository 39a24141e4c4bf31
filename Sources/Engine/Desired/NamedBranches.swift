import Git
import Schedule

/// Every branch that `record.branch` has named in the history of a commit: records may lie on any of them. Whoever merges says which side of it
/// comes first, so all of them are looked at.
struct NamedBranches {
  let folder: String
  let zones: Zones
  /// What the repository has besides: git keeps none below another.
  var branches: [String] = []

  /// The newest first. It costs a look at each commit; a file with settings that was seen before is not read again.
  ///
  /// - Parameter known: only what was added since is looked at, where it is given and is here.
  func names(upTo tip: ObjectID, since known: ObjectID? = nil, _ repository: borrowing Repository) throws -> [String] {
    var names: [String] = []
    var seen: Set<ObjectID> = []
    let known = known.flatMap { repository.contains($0) ? $0 : nil }
    for id in try repository.commits(in: tip, notIn: known, limit: .max).reversed() {
      for case let blob? in try repository.objects(at: Settings.fileNames.map { "\(folder)/\($0)" }, in: repository.tree(of: id))
      where seen.insert(blob).inserted {
        if let name = try recordBranch(inSettings: blob, repository), !names.contains(name) { names.append(name) }
      }
    }
    return names
  }

  /// The branch that a settings file names, be the rest of it as it may; `nil` for one that names none or cannot be read.
  private func recordBranch(inSettings blob: ObjectID, _ repository: borrowing Repository) throws(GitError) -> String? {
    let bytes: [UInt8]
    do { bytes = try repository.blob(blob, limit: CommitPosts.largest) } catch  where error.isOfContent { return nil }
    var ignored: [Diagnostic] = []
    let catalog = Catalog(
      settings: ContentFile(path: Settings.fileNames[0], bytes: bytes), accounts: [], zones: zones, platforms: [], branches: branches,
      diagnostics: &ignored)
    return catalog.settings.record.branch
  }
}
