extension Repository {
  /// What stands at each of `paths` below the folder `tree`, as ``entry(at:in:)`` finds it; what is not there is left out.
  ///
  /// Each folder on the way is read once, however many of the paths lead through it.
  public func entries(at paths: some Sequence<String>, in tree: ObjectID) throws(GitError) -> [String: TreeEntry] {
    var found: [String: TreeEntry] = [:]
    try collect(paths.map { Wanted(path: $0, rest: $0[...]) }, in: tree, at: "", &found)
    return found
  }

  /// A path, and the part of it that lies below the folder that is being read.
  private struct Wanted {
    let path: String
    let rest: Substring
  }

  private func collect(_ wanted: [Wanted], in tree: ObjectID, at folder: String, _ found: inout [String: TreeEntry]) throws(GitError) {
    guard !wanted.isEmpty else { return }
    let listing = try Listing(tree, in: self)
    let places = Dictionary(
      listing.items.enumerated().map { (String(decoding: $1.name, as: UTF8.self), $0) }, uniquingKeysWith: { first, _ in first })
    for (name, group) in Dictionary(grouping: wanted, by: { $0.rest.prefix { $0 != "/" } }) {
      guard let place = places[String(name)] else { continue }
      let entry = listing.entry(place, folder: folder)
      for path in group where path.rest.utf8.count == name.utf8.count { found[path.path] = entry }
      let deeper = group.filter { $0.rest.utf8.count > name.utf8.count }
      guard !deeper.isEmpty, entry.kind == .folder, entry.problem == nil else { continue }
      try collect(
        deeper.map { Wanted(path: $0.path, rest: $0.rest.dropFirst(name.count + 1)) }, in: entry.id,
        at: folder.isEmpty ? String(name) : "\(folder)/\(name)", &found)
    }
  }
}
