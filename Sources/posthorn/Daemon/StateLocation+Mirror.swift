import Engine
import Git
import StateDirectory

extension StateLocation {
  /// The branch of a remote repository that this host mirrors already; `nil` where it mirrors none, or several.
  static func mirroredBranch(_ options: ResolvedOptions) -> String? {
    guard !RemoteURL(options.repo).isLocal else { return nil }
    if let state = options.state { return mirroredBranch(in: state) }
    // No home, and a folder that cannot be read, have no mirrors.
    guard let home = home(), let names = try? Folder(at: home).list() else { return nil }
    let branches = names.compactMap { name -> String? in
      guard let branch = mirroredBranch(in: "\(home)/\(name)") else { return nil }
      let own = try? path(nil, for: .remote(url: options.repo, branch: branch), folder: options.folder)
      return own == "\(home)/\(name)" ? branch : nil
    }
    return branches.count == 1 ? branches[0] : nil
  }

  /// A mirror that cannot be read has no branch to tell.
  private static func mirroredBranch(in state: String) -> String? { try? Repository(at: "\(state)/mirror.git").currentBranch }
}
