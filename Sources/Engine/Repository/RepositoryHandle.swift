import Git

/// A repository that one actor keeps open between calls.
final class RepositoryHandle {
  let repository: Repository
  private var folder: FolderState

  init(_ repository: consuming Repository) {
    folder = FolderState(path: repository.path, commonPath: repository.commonPath)
    self.repository = repository
  }

  /// Whether to close it and open the repository again: it was replaced, or packs were removed, which the handle keeps on the disk.
  var isStale: Bool { folder.isStale() }
}
