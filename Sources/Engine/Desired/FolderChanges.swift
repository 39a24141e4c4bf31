import Git
import Schedule

/// Sorts what changed in the content folder: posts, and what posts are read against.
struct FolderChanges {
  let folder: String
  /// By path from the repository's root; `nil` is a file that is gone.
  private(set) var posts: [String: PostFile?] = [:]
  private var accounts: Set<AccountName> = []
  private var haveSettingsChanged = false

  /// A post's file at the tip.
  enum PostFile {
    case sound(ObjectID)
    /// A link, a submodule, an impossible name: held, with this reason.
    case unsound(ObjectID, EntryProblem)
  }

  init(folder: String) { self.folder = folder }

  /// Whether settings or accounts changed.
  var hasContext: Bool { haveSettingsChanged || !accounts.isEmpty }

  mutating func add(_ change: Change) {
    switch ContentPath.kind(of: String(change.path.dropFirst(folder.utf8.count + 1))) {
    case .settings: haveSettingsChanged = true
    case .account(let stem): if let name = AccountName(stem) { accounts.insert(name) }
    case .post:
      posts[change.path] = .some(change.new.map { entry in entry.problem.map { .unsound(entry.id, $0) } ?? .sound(entry.id) })
    case .stray, .other: break
    }
  }

  /// Whether a post that did not change itself has to be read again.
  func concerns(_ post: DesiredPost) -> Bool {
    haveSettingsChanged || post.problem != nil || post.accounts.contains { accounts.contains($0) }
  }

  /// Has an unchanged post read again.
  mutating func touch(_ path: String, blob: ObjectID) {
    if posts[path] == nil { posts[path] = .some(.sound(blob)) }
  }
}
