public import Git
public import Logging
public import Schedule
public import StateDirectory

/// Reads accounts for commands that are no daemon.
public struct AccountLookup: Sendable {
  private let repository: SourceRepository
  private let content: ContentSource

  public init(
    _ location: Location, folder: String, access: Access, state: Folder, zones: Zones, platforms: [PlatformSchema], logger: Logger
  ) {
    repository = SourceRepository(location: location, folder: folder, access: access, state: state, logger: logger)
    content = ContentSource(
      path: repository.path, screening: repository.screening, folder: folder, branch: location.branch,
      environment: ContentEnvironment(zones: zones, platforms: platforms))
  }

  /// The accounts at the branch's head, as far as it is known here; a repository at a URL is asked only if it never was.
  public func catalog() async throws -> Catalog {
    try await content.catalog(at: try await repository.knownTip(now: .now))
  }
}
