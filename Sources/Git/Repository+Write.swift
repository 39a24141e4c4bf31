internal import CGit2
internal import Failpoints

/// What a commit does to one path.
public struct FileEdit: Hashable, Sendable {
  public let path: String
  /// What the file holds from now on; nil removes it.
  public let content: [UInt8]?

  public init(path: String, content: [UInt8]?) {
    self.path = path
    self.content = content
  }
}

/// A file that a commit was to have and cannot, because of what somebody put in its place.
public struct UnwritableFile: Hashable, Sendable {
  /// As the edit has it, control characters and all.
  public let path: String
  /// What is in the way: facts only.
  public let problem: String

  public init(path: String, problem: String) {
    (self.path, self.problem) = (path, printable(problem))
  }
}

/// What became of the edits of a commit.
public enum Written: Hashable, Sendable {
  case commit(ObjectID)
  /// They change nothing.
  case nothing
  /// No commit was made: these cannot be written. Without them, the others can.
  case clash([UnwritableFile])
}

extension Repository {
  /// The same as ``write(_:onto:message:author:committer:)``, for edits that somebody's files may stand in the way of: which ones is the answer
  /// then, and no error of all of them.
  public func attempt(
    _ edits: [FileEdit], onto base: ObjectID?, message: String, author: Signature, committer: Signature
  ) throws(GitError) -> Written {
    let step = "write a commit onto \(base.map { "\($0)" } ?? "nothing")"
    let before = try base.map { id throws(GitError) in try self.tree(of: id) }
    var folders = FolderEdit(step: step, pack: try PackWriter(step: step, capacity: 2 * edits.count))
    let steps = try placed(edits, &folders)
    var tree = try folders.edited(before, steps[...], in: self)
    guard folders.unwritable.isEmpty else { return .clash(folders.unwritable) }
    if tree == nil { tree = try folders.pack.add(.tree, []) }
    guard let tree, tree != before else { return .nothing }
    let text = CommitText(tree: tree, parent: base, message: message, author: try author.written(), committer: try committer.written())
    let commit = try folders.pack.add(.commit, text.bytes)
    let pack = folders.pack.finished()
    try pass(.recordBuilt)
    try keeps.add(pack.checksum, in: commonPath)
    try PackMove(into: commonPath).move(pack)
    try check(step) { git_odb_refresh(objects) }
    try pass(.recordPacked)
    return .commit(commit)
  }

  /// Makes a commit on top of `base` that differs from it by `edits` alone, and flushes it to disk; no reference moves.
  ///
  /// It is kept from a concurrent `git gc` until a reference is moved, it is pushed, or this repository is closed.
  /// It needs no work tree and no index. All its objects go to disk in one pack, so nothing loose is ever written. Removing what is not there
  /// is no error. The cost grows with the folders on the way to the edited paths: their bytes are copied but for what is edited.
  ///
  /// - Returns: the commit, or nil if the edits change nothing.
  /// - Throws: ``GitError``; `.missingObject` if a `git gc` of somebody else pruned it meanwhile: make it again a second later, so that it is
  ///   another commit, because gc deletes packs by name and equal objects get an equal name; `.invalid` for a path that nobody should
  ///   commit, or one that needs a folder where a file is, or because `base` or its trees are not here any more.
  public func write(
    _ edits: [FileEdit], onto base: ObjectID?, message: String, author: Signature, committer: Signature
  ) throws(GitError) -> ObjectID? {
    switch try attempt(edits, onto: base, message: message, author: author, committer: committer) {
    case .commit(let commit): return commit
    case .nothing: return nil
    case .clash(let files):
      throw GitError(
        step: "write a commit onto \(base.map { "\($0)" } ?? "nothing")", reason: .invalid,
        detail: files.prefix(3).map { "\($0.path) cannot be written: \($0.problem); rename or remove that" }.joined(separator: "; "))
    }
  }

  /// The edits in the order of the folders that they lead to, their contents in the pack.
  private func placed(_ edits: [FileEdit], _ folders: inout FolderEdit) throws(GitError) -> [FolderEdit.Step] {
    var steps: [FolderEdit.Step] = []
    steps.reserveCapacity(edits.count)
    for edit in edits {
      let path = Array(edit.path.utf8)
      if let problem = problem(inPath: path) {
        if edit.content != nil { folders.unwritable.append(UnwritableFile(path: edit.path, problem: "that path is \(problem)")) }
        continue
      }
      let blob = try edit.content.map { content throws(GitError) in try folders.pack.add(.blob, content) }
      steps.append(FolderEdit.Step(path: path, blob: blob))
    }
    return steps.sorted(by: FolderEdit.Step.isBefore)
  }

  private func problem(inPath path: [UInt8]) -> EntryProblem? {
    if path.count > EntryProblem.longestPath { return .pathTooLong }
    if path.count(where: { $0 == UInt8(ascii: "/") }) >= EntryProblem.deepest { return .tooDeep }
    var start = 0
    while true {
      let name = path.name(from: start)
      if let problem = name.withUnsafeBytes({ EntryProblem(inName: $0) }) { return problem }
      guard name.endIndex < path.count else { return nil }
      start = name.endIndex + 1
    }
  }
}

/// A commit as git stores it.
private struct CommitText {
  let tree: ObjectID
  let parent: ObjectID?
  let message: String
  let author: String
  let committer: String

  var bytes: [UInt8] {
    var text = "tree \(tree)\n"
    if let parent { text += "parent \(parent)\n" }
    text += "author \(author)\ncommitter \(committer)\n\n\(message)"
    return Array(text.utf8)
  }
}

extension Signature {
  /// `Name <address> seconds +hhmm`, the name and the address without what would end them; libgit2 does the cleaning.
  fileprivate func written() throws(GitError) -> String {
    let raw = try copied()
    defer { git_signature_free(raw) }
    let cleaned = Signature(raw)
    let minutes = abs(Int(offset))
    let zone = [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
    return "\(cleaned.name) <\(cleaned.email)> \(time) \(offset < 0 ? "-" : "+")\(zone)"
  }
}
