import Git

/// Which repository `--repo` means, and how it is read and written.
public enum Location: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
  /// Mirrored; records are pushed.
  case remote(url: String, branch: String)
  /// Read in place; its branch is moved by compare-and-swap.
  case bare(path: String, branch: String)
  /// Somebody works in it: read at its branch's head, and records go to a branch that nobody has checked out.
  case workTree(path: String, branch: String)

  public var branch: String {
    switch self {
    case .remote(_, let branch), .bare(_, let branch), .workTree(_, let branch): branch
    }
  }

  /// The branch that records go to, unless the settings name another.
  var recordBranch: String {
    if case .workTree = self { return "posthorn" }
    return branch
  }

  var localPath: String? {
    switch self {
    case .remote: nil
    case .bare(let path, _), .workTree(let path, _): path
    }
  }

  /// A URL may hold a password.
  public var customMirror: Mirror { Mirror(self, children: ["repository": description, "branch": branch]) }

  public var description: String {
    switch self {
    case .remote(let url, _): RemoteURL(url).shown
    case .bare(let path, _), .workTree(let path, _): path
    }
  }
}
