import Git
import Schedule

/// The schedule of a repository, past and future, for commands that show all of it.
struct ScheduleSource {
  let zones: Zones
  /// By time.
  let standings: [PostStanding]
  let content: ContentState
  private let view: RepositoryView
  private let records: ObjectID?

  init(_ options: ResolvedOptions, now: Instant) throws(Failure) {
    zones = try .host()
    view = try RepositoryView(options)
    content = try ContentState(at: view.commit.hex, in: view.path, folder: options.folder, zones: zones)
    standings = try StatusCommand.standings(view, content, options, now)
    records = try view.records(onBranch: content.catalog.settings.record.branch)
  }

  /// Which commit is read, for people.
  var summary: String { view.summary }
  /// Where the repository is; see ``RepositoryView/place``.
  var place: String { view.place }

  func entries() throws(Failure) -> [CalendarEntry] {
    let read = try content.openPosts()
    return try CalendarEntry.all(of: standings, in: content.side) { standing throws(Failure) in try words(of: standing, read) }
  }

  func posts() throws(Failure) -> [ExportedPost] {
    let read = try content.openPosts()
    var posts: [ExportedPost] = []
    for standing in standings {
      posts.append(ExportedPost(standing, planned: content.side.posts[standing.status.post], post: try words(of: standing, read)))
    }
    return posts
  }

  /// When the newest commit that was read was made.
  func asOf() throws(Failure) -> Instant {
    do throws(GitError) {
      let repository = try Repository(screened: view.path)
      var newest = try repository.commit(view.commit).committer.time
      if let records { newest = max(newest, try repository.commit(records).committer.time) }
      return Instant(seconds: newest)
    } catch { throw .couldNot(error.description) }
  }

  private func words(of standing: PostStanding, _ read: (String) throws(Failure) -> Post?) throws(Failure) -> Post? {
    guard let post = content.side.posts[standing.status.post] else { return nil }
    return try read(post.path)
  }
}
