import Git

/// A repository that one actor keeps open between calls.
final class RepositoryHandle {
  let repository: Repository

  init(_ repository: consuming Repository) { self.repository = repository }
}
