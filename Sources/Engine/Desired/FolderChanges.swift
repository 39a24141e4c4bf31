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
    /// A link, a submodule, an impossible name, or below a folder that has one: held, with this reason.
    case unsound(ObjectID, UnsoundEntry)

    var blob: ObjectID {
      switch self {
      case .sound(let blob), .unsound(let blob, _): blob
      }
    }
  }

  /// Folders that are not gone into, by path: at the tip, and before.
  private var unsound: [String: UnsoundEntry] = [:]
  private var unsoundBefore: Set<String> = []
  /// What is unsound where posts, accounts or settings are looked for.
  private(set) var problems: [UnsoundEntry] = []

  init(folder: String) { self.folder = folder }

  /// Whether settings or accounts changed.
  var hasContext: Bool { haveSettingsChanged || !accounts.isEmpty }

  mutating func add(_ change: Change) {
    if change.old?.isUnsoundFolder == true { unsoundBefore.insert(change.path) }
    if let entry = change.new, let problem = entry.problem {
      let found = UnsoundEntry(path: change.path, problem: problem)
      if entry.isUnsoundFolder { unsound[change.path] = found }
      if concernsContent(change.path) { problems.append(found) }
    }
    switch ContentPath.kind(of: ContentPath.inside(folder, change.path)) {
    case .settings: haveSettingsChanged = true
    case .account(let stem): if let name = AccountName(stem) { accounts.insert(name) }
    case .post:
      posts[change.path] = .some(
        change.new.map { entry in
          entry.problem.map { .unsound(entry.id, UnsoundEntry(path: change.path, problem: $0)) } ?? .sound(entry.id)
        })
    case .stray, .other: break
    }
  }

  /// Whether there are folders that are not gone into, or were not before.
  var hasUnsoundFolders: Bool { !unsound.isEmpty || !unsoundBefore.isEmpty }

  /// Settles what became of a post that may lie below such a folder: nobody removed it, so it is held.
  mutating func settle(_ post: DesiredPost) {
    if let folder = unsound.keys.first(where: { ContentPath.isBelow($0, post.path) }), let found = unsound[folder] {
      posts[post.path] = .some(.unsound(post.blob, found))
    } else if posts[post.path] == nil, unsoundBefore.contains(where: { ContentPath.isBelow($0, post.path) }) {
      posts[post.path] = .some(nil)
    }
  }

  /// Whether posts, accounts or settings would be read at `path` or below it.
  private func concernsContent(_ path: String) -> Bool {
    let inside = ContentPath.inside(folder, path)
    return ContentPath.isBelow("posts", inside) || ContentPath.isBelow("accounts", inside)
      || ["posts", "accounts", "posthorn.yaml", "posthorn.yml"].contains(inside)
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

/// Something in a tree that must not be read, and where.
struct UnsoundEntry {
  var path: String
  var problem: EntryProblem

  var reason: String { "\(path) is \(problem)" }

  var diagnostic: Diagnostic {
    let rule: Rule =
      switch problem {
      case .link, .submodule, .mode: .fileKind
      case .collides, .duplicate: .fileCollision
      default: .filePath
      }
    return Diagnostic(rule, of: path, "this is \(problem)", hint: "rename it, or put an ordinary file here")
  }
}

extension TreeEntry {
  fileprivate var isUnsoundFolder: Bool { kind == .folder && problem != nil }
}
