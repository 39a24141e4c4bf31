internal import CGit2

/// The history of a shallow clone, which ends at commits whose parents are not here; libgit2 1.5 would go on to them.
///
/// It costs a look at each commit that is here: few, or the clone were none of that kind.
struct ShallowHistory: ~Copyable {
  /// The commits at which it ends.
  let ends: Set<ObjectID>
  private var parents: [ObjectID: [ObjectID]] = [:]

  /// - Source: gitrepository-layout(5), `shallow`.
  init(of repository: borrowing Repository) {
    let lines = contents(of: "\(repository.commonPath)shallow") ?? ""
    ends = Set(lines.split(separator: "\n").compactMap { ObjectID(hex: $0) })
  }

  /// The commits that `tip` has here, parents before children.
  mutating func commits(in tip: ObjectID, of repository: borrowing Repository) throws(GitError) -> [ObjectID] {
    var found: [ObjectID] = []
    var seen: Set<ObjectID> = []
    var open = [(id: tip, isDone: false)]
    while let (id, isDone) = open.popLast() {
      if isDone {
        found.append(id)
      } else if seen.insert(id).inserted {
        open.append((id, true))
        for parent in try parents(of: id, in: repository) where !seen.contains(parent) { open.append((parent, false)) }
      }
    }
    return found
  }

  /// The newest commits that both have, none of which is before another of them.
  mutating func mergeBases(of one: ObjectID, and other: ObjectID, in repository: borrowing Repository) throws(GitError) -> [ObjectID] {
    let shared = Set(try commits(in: one, of: repository)).intersection(try commits(in: other, of: repository))
    var older: Set<ObjectID> = []
    for id in shared { older.formUnion(try parents(of: id, in: repository)) }
    return shared.subtracting(older).sorted { $0 < $1 }
  }

  private mutating func parents(of id: ObjectID, in repository: borrowing Repository) throws(GitError) -> [ObjectID] {
    if let known = parents[id] { return known }
    let found = ends.contains(id) ? [] : try repository.commit(id).parents
    parents[id] = found
    return found
  }
}

extension Repository {
  /// The commits that `tip` has as far as they are here, parents before children, and those of them whose own parents are not.
  public func commitsHere(in tip: ObjectID) throws(GitError) -> (commits: [ObjectID], ends: Set<ObjectID>) {
    guard isShallow else { return (try commits(in: tip, notIn: nil, limit: .max), []) }
    var history = ShallowHistory(of: self)
    let commits = try history.commits(in: tip, of: self)
    return (commits, history.ends)
  }

  /// The newest commits that two commits have in common; several after merges in both directions. C function: `git_merge_bases`.
  ///
  /// - Throws: `.missingObject` where they may have some that a shallow clone lacks.
  public func mergeBases(of one: ObjectID, and other: ObjectID) throws(GitError) -> [ObjectID] {
    let step = "find where \(one.hex.prefix(12)) and \(other.hex.prefix(12)) part"
    guard isShallow else {
      var (first, second, found) = (one.raw, other.raw, git_oidarray())
      let status = git_merge_bases(&found, raw, &first, &second)
      if status == GIT_ENOTFOUND.rawValue { return [] }
      guard status >= 0 else { throw GitError(step: step, status: status) }
      defer { git_oidarray_dispose(&found) }
      return UnsafeBufferPointer(start: found.ids, count: found.count).map { ObjectID($0) }
    }
    var history = ShallowHistory(of: self)
    let bases = try history.mergeBases(of: one, and: other, in: self)
    guard bases.isEmpty else { return bases }
    throw GitError(step: step, reason: .missingObject, detail: "this clone is shallow and ends before that; run: git fetch --unshallow")
  }

  /// `error` with what is missing here on purpose, and how to get it.
  func explained(_ error: GitError) -> GitError {
    guard error.reason == .missingObject else { return error }
    // What cannot be asked of the configuration is not said about it.
    if let remote = try? promisor {
      return GitError(
        step: error.step, reason: .missingObject,
        detail:
          "\(error.detail); this clone was made with --filter and lacks what was not asked for, run: git fetch --refetch --no-filter \(remote)"
      )
    }
    guard isShallow else { return error }
    return GitError(step: error.step, reason: .missingObject, detail: "\(error.detail); this clone is shallow, run: git fetch --unshallow")
  }

  /// The remote that has what a partial clone lacks.
  private var promisor: String? {
    get throws(GitError) {
      let step = "read the settings of \(path)"
      let settings: OpaquePointer = try make(step) { git_repository_config_snapshot(&$0, raw) }
      defer { git_config_free(settings) }
      if let remote = try Features.value("extensions.partialclone", in: settings, step) { return remote }
      for name in try remotes {
        if HostSettings.isTrue(try Features.value("remote.\(name).promisor", in: settings, step) ?? "false") { return name }
      }
      return nil
    }
  }
}
