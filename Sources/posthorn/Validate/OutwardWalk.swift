import Git
import Schedule

/// A walk over the folders of a commit at and below a root: some folders first, then what is around them, further and further out.
struct OutwardWalk: ~Copyable {
  private let root: String
  private let tree: ObjectID
  private var reader: FolderReader
  private var seen: Set<String> = []

  /// Whether the walk goes on after a folder.
  ///
  /// - Parameter name: of the entry that the walk came from, or would stand nearest to.
  typealias Visit = (_ folder: String, FolderNames, _ name: String) -> Bool

  /// - Parameter root: from the repository's root.
  init(below root: String, in commit: ObjectID, of repository: borrowing Repository) throws(GitError) {
    self.root = root
    tree = try repository.tree(of: commit)
    reader = FolderReader(Packs(gitDirectory: repository.path))
  }

  /// Visits every folder once, until `visit` has had enough; whether that was all of them.
  ///
  /// - Parameter places: paths; the folders that they are in come first.
  mutating func run(
    around places: some Collection<String>, in repository: borrowing Repository, _ visit: Visit
  ) throws(GitError) -> Bool {
    let folders = Dictionary(grouping: places, by: Self.parent).mapValues { $0.min().map(Self.name) ?? "" }.sorted { $0.key < $1.key }
    for (folder, name) in folders where isInside(folder) {
      guard let id = try folderID(folder, in: repository) else { continue }
      guard try enter(folder, id, beside: name, in: repository, visit) != nil else { return false }
    }
    for (folder, _) in folders {
      var (place, name) = (folder, "")
      while isInside(place) {
        if let id = try folderID(place, in: repository) {
          guard try descend(place, id, beside: name, in: repository, visit) else { return false }
        }
        (name, place) = (Self.name(place), Self.parent(place))
      }
    }
    return true
  }

  /// A folder and all in it that was not seen; `false` where it had to stop.
  private mutating func descend(
    _ folder: String, _ id: ObjectID, beside name: String, in repository: borrowing Repository, _ visit: Visit
  ) throws(GitError) -> Bool {
    guard let names = try enter(folder, id, beside: name, in: repository, visit) else { return false }
    for number in names.outwards(from: name) where names.kind(number) == .folder {
      let path = "\(folder)/\(names.name(number))"
      // What has an impossible name is not gone into, and its own error.
      guard !seen.contains(path), ContentPath.fault(of: path) == nil else { continue }
      guard try descend(path, names.id(number), beside: "", in: repository, visit) else { return false }
    }
    return true
  }

  private mutating func enter(
    _ folder: String, _ id: ObjectID, beside name: String, in repository: borrowing Repository, _ visit: Visit
  ) throws(GitError) -> FolderNames? {
    let names = try reader.names(in: id, of: repository)
    guard seen.insert(folder).inserted else { return names }
    return visit(folder, names, name) ? names : nil
  }

  private func folderID(_ path: String, in repository: borrowing Repository) throws(GitError) -> ObjectID? {
    try repository.entry(at: path, in: tree, through: .anyFolders).flatMap { $0.kind == .folder ? $0.id : nil }
  }

  private func isInside(_ path: String) -> Bool { path == root || ContentPath.isBelow(root, path) }

  private static func parent(_ path: String) -> String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "" }
  private static func name(_ path: String) -> String { path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path }
}

extension FolderNames {
  /// The numbers of all entries, those first that stand nearest to a name.
  func outwards(from name: String) -> some Sequence<Int> {
    var (before, after) = (place(of: name) - 1, place(of: name))
    var isBefore = false
    return AnyIterator {
      isBefore = (!isBefore || after >= count) && before >= 0
      if isBefore {
        before -= 1
        return before + 1
      }
      guard after < count else { return nil }
      after += 1
      return after - 1
    }
  }
}
