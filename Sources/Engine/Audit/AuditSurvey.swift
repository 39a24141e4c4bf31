import Git
import Platforms
import Schedule

/// What the commits of the branch asked for over time, as far as judging a record needs it: gathered in a first walk, because a record may
/// stand on another branch, and be about a post that is gone.
struct AuditSurvey {
  /// Every path that was ever a post's.
  private(set) var posts: Set<String> = []
  /// Every zone that an account or the settings ever named.
  private(set) var zones: Set<String> = []
  /// The commits of the branch that posts are read from.
  private(set) var content: Set<ObjectID> = []
  /// How far along the branch its own commits are, the oldest first; what was merged into it is not here.
  private var mainline: [ObjectID: Int] = [:]

  init(tip: ObjectID, folder: String, zones known: Zones, in repository: borrowing Repository) throws {
    let commits = try repository.commits(in: [tip], limit: .max)
    content = Set(commits)
    var line: [ObjectID] = []
    var next: ObjectID? = tip
    while let id = next {
      line.append(id)
      next = try repository.commit(id).parents.first
    }
    for (index, id) in line.reversed().enumerated() { mainline[id] = index }
    for id in commits {
      let commit = try repository.commit(id)
      // A record commit asks for nothing.
      guard RecordForm(commit) == nil else { continue }
      try repository.changes(from: commit.parents.first, to: id, under: folder) { change in
        guard let new = change.new else { return }
        let path = String(change.path.dropFirst(folder.utf8.count + 1))
        switch ContentPath.kind(of: path) {
        case .post: posts.insert(change.path)
        case .account, .settings: note(try zones(of: new, at: change.path, isSettings: path.hasPrefix("posthorn"), known, repository))
        case .stray, .other: break
        }
      }
    }
  }

  private mutating func note(_ found: [String]) { zones.formUnion(found) }

  private func zones(
    of entry: TreeEntry, at path: String, isSettings: Bool, _ zones: Zones, _ repository: borrowing Repository
  ) throws -> [String] {
    guard entry.problem == nil, try repository.blobSize(entry.id) <= Audit.fileLimit else { return [] }
    let file = ContentFile(path: path, bytes: try repository.blob(entry.id, limit: Audit.fileLimit))
    var ignored: [Diagnostic] = []
    let catalog = Catalog(
      settings: isSettings ? file : nil, accounts: isSettings ? [] : [file], zones: zones, platforms: Shipped.schemas,
      diagnostics: &ignored)
    return [catalog.settings.timezone].compactMap(\.self) + catalog.accounts.keys.compactMap { catalog.account($0)?.timezone }
  }

  /// Whether `commit` was on the branch before the record commit `record` was made; of a record on another branch: whether it is on the
  /// branch at all.
  func isOnBranch(_ commit: ObjectID, before record: Commit, in repository: borrowing Repository) throws -> Bool {
    guard content.contains(commit) else { return false }
    guard content.contains(record.id), let parent = record.parents.first else { return !content.contains(record.id) }
    if let place = mainline[commit], let limit = mainline[record.id] { return place < limit }
    return try repository.isAncestor(commit, of: parent)
  }
}
