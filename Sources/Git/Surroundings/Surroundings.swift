internal import CGit2
internal import Glibc
internal import Synchronization

/// What git takes from the variables of a process: which repository is meant, and where settings of the machine and of the person stand.
///
/// - Source: git(1), "Environment variables"; git-config(1), "Environment".
public struct Surroundings: Sendable {
  private let variables: [String: String]

  init(_ variables: [String: String] = [:]) {
    self.variables = variables.filter { $0.key.hasPrefix("GIT_") || Self.others.contains($0.key) }
  }

  private static let others: Set<String> = ["HOME", "XDG_CONFIG_HOME", "SUDO_UID"]

  /// Those of this process, as far as the program has handed them over with ``adopt(_:)``; none before.
  static var current: Surroundings { adopted.withLock { $0 } }

  /// Has everything in this process go by `variables`; called once, before anything of git is read.
  public static func adopt(_ variables: [String: String]) { adopted.withLock { $0 = Surroundings(variables) } }

  private static let adopted = Mutex(Surroundings())

  /// The work tree in which variables of git have the current folder's repository, or the one at `path` if it is that; nil where they say
  /// nothing about it, or it may have none. It asks nothing of the repository.
  public static func workTree(at path: String) -> String? {
    guard current.govern(path), let gitDirectory = current.gitDirectory else { return nil }
    if let place = current.workTree { return realPath(place) }
    guard let folder = realPath("."), folder != realPath(gitDirectory), isFolder(gitDirectory) else { return nil }
    return (contents(of: "\(gitDirectory)/config") ?? "").contains("bare = true") ? nil : folder
  }

  /// The value of a variable that may be empty on purpose.
  func variable(_ name: String) -> String? { variables[name] }

  subscript(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
}

extension Surroundings {
  /// The git directory that `GIT_DIR` names, absolute.
  var gitDirectory: String? { self["GIT_DIR"].map(absolute) }

  /// The work tree that goes with it: what `GIT_WORK_TREE` names, absolute.
  var workTree: String? { self["GIT_WORK_TREE"].map(absolute) }

  /// Folders above which no repository is looked for, separated by colons.
  var ceilings: String? { self["GIT_CEILING_DIRECTORIES"] }

  var crossesFileSystems: Bool { HostSettings.isTrue(self["GIT_DISCOVERY_ACROSS_FILESYSTEM"] ?? "false") }

  /// Whether a path means the repository that the variables name: the current folder does, and so do the two places that they name.
  func govern(_ path: String) -> Bool {
    guard let gitDirectory else { return false }
    guard let place = realPath(path) else { return false }
    return [".", gitDirectory, workTree].contains { $0.flatMap { realPath($0) } == place }
  }

  /// Has the repository that these name be worked in where git would: in the folder that they name, in that of its configuration, else in
  /// the current one. Hooks of a server run in the git directory, which is nobody's work tree.
  func placeWorkTree(of repository: OpaquePointer, _ step: String) throws(GitError) {
    var place = workTree
    if place == nil, git_repository_is_bare(repository) == 0, let current = realPath("."),
      realPath(String(cString: git_repository_path(repository))) != current
    {
      let settings: OpaquePointer = try make(step) { git_repository_config(&$0, repository) }
      defer { git_config_free(settings) }
      if try Features.value("core.worktree", in: settings, step) == nil { place = current }
    }
    if let place { try check(step) { git_repository_set_workdir(repository, place, 0) } }
  }

  private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(realPath(".") ?? "")/\(path)" }
}

/// The path of what is there without links and dots; nil where nothing is.
func realPath(_ path: String) -> String? {
  guard let pointer = realpath(path, nil) else { return nil }
  defer { free(pointer) }
  return String(cString: pointer)
}
