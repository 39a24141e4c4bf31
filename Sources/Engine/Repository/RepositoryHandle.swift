import Git

/// A repository that one actor keeps open between calls.
final class RepositoryHandle {
  let repository: Repository
  private var folder: FolderState
  private var lookedAt = BootClock.now

  init(_ repository: consuming Repository) {
    folder = FolderState(path: repository.path, commonPath: repository.commonPath)
    self.repository = repository
  }

  /// Whether to close it and open the repository again: it was replaced, or packs were removed, which the handle keeps on the disk.
  var isStale: Bool {
    lookedAt = BootClock.now
    return folder.isStale()
  }

  /// Whether it was not stale a tenth of a second ago or later. Looking costs two calls, which take as long as reading a file.
  var wasJustFresh: Bool { BootClock.now - lookedAt < .milliseconds(100) }
}
