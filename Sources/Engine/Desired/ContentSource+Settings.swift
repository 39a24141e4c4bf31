import Git
import Schedule

extension ContentSource {
  /// Settings that are wrong at a commit are those of this one instead: the last at which they had no error, as the journal says.
  func rely(onSettingsAt commit: ObjectID?) { earlierSettings = commit }

  /// The file with the settings at a commit, or why there is none that can be read.
  func settings(in tree: ObjectID, of repository: borrowing Repository) throws -> (file: ContentFile?, problem: Diagnostic?) {
    var found: [(path: String, entry: TreeEntry)] = []
    for name in Settings.fileNames {
      if let entry = try repository.entry(at: "\(folder)/\(name)", in: tree) { found.append(("\(folder)/\(name)", entry)) }
    }
    guard let (path, entry) = found.first else { return (nil, nil) }
    if found.count > 1 { return (nil, Settings.clash(of: found[1].path, with: path)) }
    if let problem = entry.problem { return (nil, UnsoundEntry(path: path, problem: problem).diagnostic) }
    guard entry.kind != .folder else {
      return (nil, Diagnostic(.fileKind, of: path, "this is a folder, and the settings are a file", hint: "rename it"))
    }
    return (try file(path, entry, repository), nil)
  }

  /// Those that stand where the settings of a commit have an error.
  func readEarlierSettings(in repository: borrowing Repository) -> EarlierSettings? {
    guard let commit = earlierSettings else { return nil }
    do {
      let (file, problem) = try settings(in: repository.tree(of: commit), of: repository)
      return problem == nil ? EarlierSettings(commit: commit.hex, file: file) : nil
    } catch {
      return nil  // A commit that is not here says nothing, and everything is held.
    }
  }
}
