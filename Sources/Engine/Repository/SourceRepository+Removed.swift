import Git
import Schedule

// History files are never changed or removed; whoever can push can do both, and git still has what stood there.
extension SourceRepository {
  /// What commits since `base` have removed from the history, or written over, as far as it may be believed: a forgery that was cleaned up does
  /// not come back.
  ///
  /// It costs a look at each of these commits; of a whole branch, at the last of them.
  func removedHistory(since base: ObjectID?, upTo tip: ObjectID, in repository: borrowing Repository) throws -> [(
    entry: TreeEntry, found: FoundRecord
  )] {
    let known = base.flatMap { repository.contains($0) ? $0 : nil }
    var removed: [(entry: TreeEntry, found: FoundRecord)] = []
    for id in try repository.commits(in: tip, notIn: known, limit: .max).suffix(Self.mostLookedAt) {
      for parent in try repository.commit(id).parents where repository.contains(parent) {
        try repository.losses(from: parent, to: id, under: "\(folder)/history", limit: Self.mostHistory) { path, entry in
          guard let found = try found(entry, at: path, in: repository), try seals.doubt(of: found, at: parent, in: repository) == nil
          else { return }
          removed.append((entry, found))
        }
      }
    }
    return removed
  }

  /// Commits behind the newest, where a directory that has just been made looks for what was taken away.
  private static let mostLookedAt = 10_000
}
