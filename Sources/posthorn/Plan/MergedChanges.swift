import Git
import Schedule

/// The files of the content folder that merging a commit into another would change, as a forge shows them: those that differ from where
/// the two parted, and from what the other has already.
struct MergedChanges {
  /// What is merged into.
  let onto: ObjectID
  let head: ObjectID
  /// Where they parted; the first of several.
  let base: ObjectID
  /// What there is then, by path from the repository's root; nothing where a file goes.
  private(set) var files: [String: TreeEntry?] = [:]
  /// Those that were there where they parted.
  private(set) var edited: Set<String> = []

  /// - Throws: ``GitError``; `.notFound` where the two have no commit in common.
  init(of head: ObjectID, into onto: ObjectID, in repository: borrowing Repository, folder: String) throws(GitError) {
    (self.head, self.onto) = (head, onto)
    let bases = try repository.mergeBases(of: onto, and: head)
    guard let first = bases.first else {
      throw GitError(
        step: "compare \(onto.hex.prefix(12)) with \(head.hex.prefix(12))", reason: .notFound,
        detail: "they have no commit in common, so neither can be merged into the other; name a branch that began in the other one")
    }
    base = first
    for (number, base) in bases.enumerated() {
      var changes: [String: TreeEntry?] = [:]
      var old: Set<String> = []
      do {
        try repository.changes(from: base, to: head, under: folder, passing: ["\(folder)/history", "\(folder)/status"]) { change in
          changes[change.path] = .some(change.new)
          if change.old != nil { old.insert(change.path) }
        }
      } catch let error as GitError { throw error } catch { preconditionFailure("comparing throws only errors of git: \(error)") }
      files = number == 0 ? changes : files.filter { changes[$0.key] != nil }
      edited = number == 0 ? old : edited.intersection(old)
    }
    let there = try repository.entries(at: files.keys, in: repository.tree(of: onto))
    files = files.filter { path, entry in
      let current = there[Array(path.utf8)]
      return current?.id != entry?.id || current?.kind != entry?.kind
    }
  }

  /// The posts among them.
  func posts(in folder: String) -> Set<String> {
    Set(files.keys.filter { if case .post = ContentPath.kind(of: ContentPath.inside(folder, $0)) { true } else { false } })
  }

  /// Whether something changes that posts depend on which do not change.
  func reachesFurther(in folder: String) -> Bool {
    files.keys.contains { path in
      switch ContentPath.kind(of: ContentPath.inside(folder, path)) {
      case .account, .settings: true
      case .post, .stray, .other: false
      }
    }
  }
}
