extension Repository {
  /// What stands at each of `paths` below the folder `tree`, by the path's UTF-8; what is not there is left out.
  ///
  /// Each folder on the way is read once, however many of the paths lead through it. It is for paths of our own making: unlike
  /// ``entry(at:in:through:)`` it goes through folders with an ``EntryProblem``, because what others put beside a folder must not hide what
  /// we wrote into it. Names are compared as bytes: to a dictionary of strings a composed one and a decomposed one are the same.
  public func entries(at paths: some Sequence<String>, in tree: ObjectID) throws(GitError) -> [[UInt8]: TreeEntry] {
    var found: [[UInt8]: TreeEntry] = [:]
    try collect(paths.map { Array($0.utf8) }.map { Wanted(path: $0, rest: $0[...]) }, in: tree, at: "", &found)
    return found
  }

  /// A path, and the part of it that lies below the folder that is being read.
  private struct Wanted {
    let path: [UInt8]
    let rest: ArraySlice<UInt8>

    var name: ArraySlice<UInt8> { rest.prefix { $0 != UInt8(ascii: "/") } }
  }

  private func collect(_ wanted: [Wanted], in tree: ObjectID, at folder: String, _ found: inout [[UInt8]: TreeEntry]) throws(GitError) {
    guard !wanted.isEmpty else { return }
    let listing = try Listing(tree, in: self)
    let places = Dictionary(listing.items.enumerated().map { (Array($1.name)[...], $0) }, uniquingKeysWith: { first, _ in first })
    for (name, group) in Dictionary(grouping: wanted, by: \.name) {
      guard let place = places[name] else { continue }
      let entry = listing.entry(place, folder: folder)
      for path in group where path.rest.count == name.count { found[path.path] = entry }
      let deeper = group.filter { $0.rest.count > name.count }
      guard !deeper.isEmpty, entry.kind == .folder else { continue }
      let inside = String(decoding: name, as: UTF8.self)
      try collect(
        deeper.map { Wanted(path: $0.path, rest: $0.rest.dropFirst(name.count + 1)) }, in: entry.id,
        at: folder.isEmpty ? inside : "\(folder)/\(inside)", &found)
    }
  }
}
