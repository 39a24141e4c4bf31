import Git

/// What one commit did to the files of Posthorn, seen from all of its parents.
///
/// A merge only brings together what was there: what it adds or changes is what differs from every one of its parents.
struct CommitChanges {
  /// By path from the repository's root.
  private(set) var added: [String: TreeEntry] = [:]
  /// Changed against each parent; the entry before is that of the first one.
  private(set) var edited: [String: (old: TreeEntry, new: TreeEntry)] = [:]
  /// Gone, though each parent had it.
  private(set) var removed: [String: TreeEntry] = [:]
  /// Lost or changed against at least one parent, which for a file that is never touched is one too many.
  private(set) var lost: [String: TreeEntry] = [:]
  private(set) var altered: [String: (old: TreeEntry, new: TreeEntry)] = [:]
  /// Record commits are looked at as a whole: these are outside of what was asked for.
  private(set) var strays: [String] = []

  /// - Parameters:
  ///   - folder: what is compared.
  ///   - isRecord: whether the rest of the repository is looked at too.
  ///   - isOurs: whether a path is one of Posthorn's files.
  init(of commit: Commit, under folder: String, isRecord: Bool, in repository: borrowing Repository, isOurs: (String) -> Bool) throws {
    let parents = commit.parents.isEmpty ? [nil] : commit.parents.map(Optional.some)
    var counts: [String: Int] = [:]
    for parent in parents {
      try repository.changes(from: parent, to: commit.id, under: isRecord ? "" : folder, through: .anyFolders) { change in
        guard isOurs(change.path) else {
          if isRecord { strays.append(change.path) }
          return
        }
        counts[change.path, default: 0] += 1
        take(change)
      }
    }
    guard parents.count > 1 else { return }
    let everywhere = { (path: String) in counts[path] == parents.count }
    added = added.filter { everywhere($0.key) && altered[$0.key] == nil }
    edited = edited.filter { everywhere($0.key) }
    removed = removed.filter { everywhere($0.key) }
  }

  private mutating func take(_ change: Change) {
    switch (change.old, change.new) {
    case (let old?, let new?):
      if edited[change.path] == nil { edited[change.path] = (old, new) }
      if altered[change.path] == nil { altered[change.path] = (old, new) }
    case (nil, let new?): added[change.path] = new
    case (let old?, nil):
      removed[change.path] = old
      lost[change.path] = old
    case (nil, nil): break
    }
  }

  var isEmpty: Bool { added.isEmpty && altered.isEmpty && lost.isEmpty && strays.isEmpty }
}
