import Git

/// A record commit that upstream did not take. The same records on the same tip are tried again as the same commit: a push that is refused
/// for a week must not fill the mirror.
struct UnpushedCommit: Sendable {
  let commit: ObjectID
  /// What it leaves out.
  let obstacles: Obstacles
  private let batch: RecordBatch
  private let branch: String
  private let tip: ObjectID?

  init(_ commit: ObjectID, of batch: RecordBatch, without obstacles: Obstacles, onto tip: ObjectID?, branch: String) {
    (self.commit, self.batch, self.obstacles, self.tip, self.branch) = (commit, batch, obstacles, tip, branch)
  }

  func holds(_ batch: RecordBatch, onto tip: ObjectID?, branch: String) -> Bool {
    tip == self.tip && branch == self.branch && batch.saysTheSame(as: self.batch)
  }
}
