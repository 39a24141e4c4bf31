internal import CGit2

extension Repository {
  /// Whether `id` is `other` itself or one of the commits before it. C function: `git_graph_descendant_of`.
  public func isAncestor(_ id: ObjectID, of other: ObjectID) throws(GitError) -> Bool {
    if id == other { return true }
    var (ancestor, descendant) = (id.raw, other.raw)
    let step = "find out whether \(id) is in the history of \(other)"
    let answer = git_graph_descendant_of(raw, &descendant, &ancestor)
    if answer < 0 { throw explained(GitError(step: step, status: answer)) }
    return answer == 1
  }

  /// The commits from `tip` back along first parents, newest first, up to but without `end`, and at most `limit`.
  public func firstParents(from tip: ObjectID, until end: ObjectID? = nil, limit: Int) throws(GitError) -> [Commit] {
    var commits: [Commit] = []
    var next: ObjectID? = tip
    while let id = next, id != end, commits.count < limit {
      let commit = try commit(id)
      commits.append(commit)
      next = commit.parents.first
    }
    return commits
  }

  /// The commits that `tip` has and `known` has not, parents before children, and at most `limit`. C function: `git_revwalk_next`.
  public func commits(in tip: ObjectID, notIn known: ObjectID?, limit: Int) throws(GitError) -> [ObjectID] {
    try commits(in: [tip], notIn: known, limit: limit)
  }

  /// The same for several tips; what no parent orders comes in the order of its time.
  public func commits(in tips: [ObjectID], notIn known: ObjectID? = nil, limit: Int) throws(GitError) -> [ObjectID] {
    let step = "list the commits of \(tips.map(\.hex).joined(separator: " and "))"
    let walk: OpaquePointer = try make(step) { git_revwalk_new(&$0, raw) }
    defer { git_revwalk_free(walk) }
    try check(step) { git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL.rawValue | GIT_SORT_TIME.rawValue | GIT_SORT_REVERSE.rawValue) }
    for tip in tips {
      var start = tip.raw
      try check(step) { git_revwalk_push(walk, &start) }
    }
    if let known {
      var end = known.raw
      try check(step) { git_revwalk_hide(walk, &end) }
    }
    var commits: [ObjectID] = []
    while commits.count < limit {
      var id = git_oid()
      let status = git_revwalk_next(&id, walk)
      if status == GIT_ITEROVER.rawValue { break }
      if status < 0 { throw explained(GitError(step: step, status: status)) }
      commits.append(ObjectID(id))
    }
    return commits
  }
}
