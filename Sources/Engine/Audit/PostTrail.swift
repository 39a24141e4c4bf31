public import Git
public import Schedule

/// Which commits a post went through: who wrote it, who changed it, and who brought each of that into the branch.
public struct PostTrail {
  public struct Step: Sendable {
    public enum Kind: String, Sendable {
      case added, edited, moved, removed
    }

    public var kind: Kind
    public var commit: Commit
    /// The commit of the branch that brought it in; `nil` where it was committed to the branch itself.
    public var merge: Commit?
    /// From the repository's root; where it was before, for a move.
    public var path: String
    public var oldPath: String?
    /// What an edit changed of who and when.
    public var differences: [String] = []
  }

  /// Commits at which a shallow clone ends: what they did to a post, nobody can see here.
  public private(set) var ends: Set<ObjectID> = []
  private let handle: RepositoryHandle
  private let folder: String
  private let zones: Zones
  private var reader = ContentReader()

  /// - Parameter path: the git directory.
  public init(in path: String, folder: String, zones: Zones) throws {
    (self.folder, self.zones) = (folder, zones)
    handle = RepositoryHandle(try Repository(at: path, content: folder))
  }

  /// The steps of the post that is, or was, at `path`, the oldest first. It costs a look at each commit, and no more than that where a commit
  /// leaves the posts alone.
  public mutating func steps(of post: PostID, at path: String, tip: ObjectID) throws -> [Step] {
    var place = path
    var steps: [Step] = []
    let (commits, cuts) = try handle.repository.commitsHere(in: tip)
    ends = cuts.intersection(commits)
    for id in commits.reversed() where !ends.contains(id) {
      let commit = try handle.repository.commit(id)
      guard let step = try step(of: post, at: place, commit) else { continue }
      steps.append(step)
      if let old = step.oldPath { place = old }
    }
    let line = try mainline(tip)
    return try steps.reversed().map { step in
      var step = step
      step.merge = try merge(of: step.commit.id, line)
      return step
    }
  }

  /// What one commit did to the post; `nil` where it left it as one of its parents had it.
  private mutating func step(of post: PostID, at path: String, _ commit: Commit) throws -> Step? {
    let posts = "\(folder)/posts"
    let folders = try commit.parents.map { try handle.repository.entry(at: posts, in: handle.repository.tree(of: $0)) }
    let current = try handle.repository.entry(at: posts, in: commit.tree)
    guard !folders.contains(current) else { return nil }
    let new = try handle.repository.entry(at: path, in: commit.tree)
    let old = try commit.parents.map { try handle.repository.entry(at: path, in: handle.repository.tree(of: $0)) }
    guard !old.contains(new), old.contains(where: { $0 != nil }) || new != nil else { return nil }
    let before = old.compactMap(\.self).first
    guard let new else { return Step(kind: .removed, commit: commit, path: path) }
    guard let before else { return try addition(of: post, at: path, new, commit) }
    return Step(kind: .edited, commit: commit, path: path, differences: try differences(before, new, at: path))
  }

  /// A file that was not there is a post that was moved, if the same commit took the post's id away from another file.
  private mutating func addition(of post: PostID, at path: String, _ entry: TreeEntry, _ commit: Commit) throws -> Step {
    var moved: (path: String, entry: TreeEntry)?
    var gone: [(path: String, entry: TreeEntry)] = []
    if let parent = commit.parents.first {
      try handle.repository.changes(from: parent, to: commit.id, under: "\(folder)/posts") { change in
        if change.new == nil, let old = change.old, gone.count < Self.mostMoves { gone.append((change.path, old)) }
      }
    }
    for file in gone where moved == nil {
      if try request(file.entry, at: file.path)?.id == post { moved = file }
    }
    guard let moved else { return Step(kind: .added, commit: commit, path: path) }
    return Step(
      kind: .moved, commit: commit, path: path, oldPath: moved.path, differences: try differences(moved.entry, entry, at: path))
  }

  private mutating func differences(_ old: TreeEntry, _ new: TreeEntry, at path: String) throws -> [String] {
    guard let before = try request(old, at: path), let after = try request(new, at: path) else { return [] }
    return after.differences(from: before)
  }

  private mutating func request(_ entry: TreeEntry, at path: String) throws -> PostRequest? {
    guard entry.problem == nil, entry.kind != .folder, try handle.repository.blobSize(entry.id) <= Audit.fileLimit else { return nil }
    return reader.request(try handle.repository.blob(entry.id, limit: Audit.fileLimit), at: path, zones: zones)
  }

  /// The commits of the branch itself, the newest first.
  private func mainline(_ tip: ObjectID) throws -> [ObjectID] {
    var line: [ObjectID] = []
    var next: ObjectID? = tip
    while let id = next {
      line.append(id)
      guard !ends.contains(id) else { return line }
      next = try handle.repository.commit(id).parents.first
    }
    return line
  }

  /// The oldest commit of the branch that contains `commit`, by halving: what contains it goes on containing it.
  private func merge(of commit: ObjectID, _ line: [ObjectID]) throws -> Commit? {
    guard !line.contains(commit) else { return nil }
    var (newest, oldest) = (0, line.count)
    while newest + 1 < oldest {
      let middle = (newest + oldest) / 2
      if try contains(line[middle], commit) { newest = middle } else { oldest = middle }
    }
    return try line[safe: newest].map { id throws(GitError) in try handle.repository.commit(id) }
  }

  private func contains(_ tip: ObjectID, _ commit: ObjectID) throws -> Bool {
    guard !ends.isEmpty else { return try handle.repository.isAncestor(commit, of: tip) }
    return try handle.repository.commitsHere(in: tip).commits.contains(commit)
  }

  /// More files than this that one commit takes away are not looked through for where a post came from.
  private static let mostMoves = 10_000
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
