import Git

/// What reaching a remote repository takes.
public struct RemoteAccess: Sendable {
  public init() {}
}

/// A repository at a URL.
struct RemoteSide: Sendable {
  var url: String
  var access: RemoteAccess

  func fetch(_ branch: String, into name: String, _ repository: borrowing Repository) throws {}
  func fetchIfPresent(_ branch: String, into name: String, _ repository: borrowing Repository) throws {}
  func push(_ commit: ObjectID, to branch: String, expecting: ObjectID?, remembering: String, _ repository: borrowing Repository) throws -> Bool { false }
}
