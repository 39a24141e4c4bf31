import Git
import Platforms
import Schedule

extension ContentSource {
  /// Every branch that `record.branch` has named in the history of `tip`, the newest first: records may lie on any of them. Whoever merges says
  /// which side of it comes first, so all of them are looked at.
  ///
  /// It costs a look at each commit; a file with settings that was seen before is not read again.
  ///
  /// - Parameter known: only what was added since is looked at, where it is given and is here.
  func namedBranches(upTo tip: ObjectID, since known: ObjectID?) throws -> [String] {
    if let lastNamed, lastNamed.tip == tip, lastNamed.known == known { return lastNamed.names }
    let names = try withRepository { repository in
      let known = known.flatMap { repository.contains($0) ? $0 : nil }
      var names: [String] = []
      var seen: Set<ObjectID> = []
      for id in try repository.commits(in: tip, notIn: known, limit: .max).reversed() {
        for case let blob? in try repository.objects(at: Settings.fileNames.map { "\(folder)/\($0)" }, in: repository.tree(of: id))
        where seen.insert(blob).inserted {
          if let name = recordBranch(inSettings: blob, repository), !names.contains(name) { names.append(name) }
        }
      }
      return names
    }
    lastNamed = (tip, known, names)
    return names
  }

  /// The branch that a settings file names, be the rest of it as it may; `nil` for one that names none or cannot be read.
  private func recordBranch(inSettings blob: ObjectID, _ repository: borrowing Repository) -> String? {
    guard let bytes = try? repository.blob(blob, limit: CommitPosts.largest) else { return nil }
    var ignored: [Diagnostic] = []
    let catalog = Catalog(
      settings: ContentFile(path: Settings.fileNames[0], bytes: bytes), accounts: [], zones: environment.zones, platforms: [],
      branches: branches, diagnostics: &ignored)
    return catalog.settings.record.branch
  }
}
