import Engine
import Git
import Schedule

/// What somebody put where the content and the records are, and what two daemons have recorded. From git alone.
enum RecordChecks {
  static func run(_ options: ResolvedOptions) -> [Finding] {
    // Why there is nothing to read is said by what looks at the repository.
    guard let view = try? RepositoryView(options) else { return [] }
    do {
      let findings = try twins(view, options)
      guard let content = try? CommitContent(view.commit.hex, in: view.path, folder: options.folder),  // said likewise
        let tip = try view.records(folder: options.folder)
      else { return findings }
      let found = try ObstructionSurvey(of: view.path, at: tip, folder: options.folder, posts: content.listing.posts) {
        Set(try ContentState(content, zones: .host()).side.posts.keys)
      }.run()
      let doubles = try RecordFolder(at: tip, in: view.path, folder: options.folder, complain: { _ in }).doubles()
      return findings + bounded(found.map(finding)) + bounded(doubles.map(Finding.init(double:)))
    } catch {
      return [.fail("records", "they cannot be read: \(error)", "git fsck, in \(view.path)")]
    }
  }

  private static func finding(_ obstruction: Obstruction) -> Finding {
    switch obstruction.kind {
    case .inTheWay:
      .fail(
        "record", "a record cannot be written, and waits; all others are: \(obstruction.path): \(obstruction.problem)", obstruction.advice)
    case .unreadable: .fail("record", "\(obstruction.path) cannot be read: \(obstruction.problem)", obstruction.advice)
    }
  }

  /// A repository that somebody filled with them is no longer list.
  private static func bounded(_ findings: [Finding]) -> [Finding] {
    guard findings.count > most, let last = findings.last else { return findings }
    return findings.prefix(most) + [
      .fail(last.subject, "\(findings.count - most) more of these", "mend those above, then: posthorn doctor")
    ]
  }

  private static let most = 20

  /// What stands beside a folder on the way to the content, or beside the content folder itself, under nearly its name: it is passed over.
  private static func twins(_ view: RepositoryView, _ options: ResolvedOptions) throws(GitError) -> [Finding] {
    let repository = try Repository(screened: view.path)
    return try repository.twins(onTheWayTo: options.folder, in: repository.tree(of: view.commit)).map { twin, folder in
      let diagnostic = EntryCheck.twin(twin, of: folder)
      return .warn("twin", "\(twin): \(diagnostic.message)", "\(diagnostic.hint): git mv \(twin) NAME, commit, and push")
    }
  }
}
