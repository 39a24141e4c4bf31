extension Repository {
  /// The names of the objects at `paths` below the folder `tree`, in their order; nil where nothing is. Each folder on the way is read once,
  /// and costs what a look at its bytes costs, however many entries it has.
  ///
  /// For paths of our own making, about which there is nothing to judge: it goes through any folder, and in one that cannot be read
  /// nothing is.
  public func objects(at paths: [String], in tree: ObjectID) throws(GitError) -> [ObjectID?] {
    var found = [ObjectID?](repeating: nil, count: paths.count)
    let wanted = paths.enumerated().map { Wanted(step: FolderEdit.Step(path: Array($1.utf8), blob: nil), place: $0) }
    try find(wanted.sorted { FolderEdit.Step.isBefore($0.step, $1.step) }[...], in: tree, &found)
    return found
  }

  private struct Wanted {
    let step: FolderEdit.Step
    let place: Int
  }

  private func find(_ wanted: ArraySlice<Wanted>, from start: Int = 0, in tree: ObjectID, _ found: inout [ObjectID?]) throws(GitError) {
    let folder = try FolderBytes(tree, in: self)
    var rest = wanted
    while let name = rest.first?.step.path.name(from: start) {
      let group = rest.prefix { $0.step.path.leads(through: name) }
      rest = rest[group.endIndex...]
      guard let entry = folder.entry(name) else { continue }
      let id = folder.id(of: entry)
      // Who wants the name itself comes first.
      let deeper = group.drop { $0.step.path.count == name.endIndex }
      for wanted in group[..<deeper.startIndex] { found[wanted.place] = id }
      guard !deeper.isEmpty, entry.isFolder else { continue }
      do throws(GitError) { try find(deeper, from: name.endIndex + 1, in: id, &found) } catch  where error.isOfContent {}
    }
  }
}
