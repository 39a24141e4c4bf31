internal import CGit2

/// Where git looks for hooks: in the git directory, unless a setting says otherwise.
public enum HooksFolder: Hashable, Sendable {
  /// Of this repository alone.
  case own(String)
  /// A setting of the machine or the person names it, for all repositories.
  case shared(String, setting: String, usual: String)
  /// A setting leads to no folder: git runs no hook.
  case none(setting: String, usual: String)
}

extension Repository {
  /// Where git looks for this repository's hooks.
  ///
  /// - Parameter isServer: whether they are those of a push, which run in the git directory; the others run in the work tree.
  public func hooksFolder(ofServer isServer: Bool) throws(GitError) -> HooksFolder {
    let step = "find the hooks of \(path)"
    let host = try HostSettings()
    let settings: OpaquePointer = try make(step) { git_repository_config_snapshot(&$0, raw) }
    defer { git_config_free(settings) }
    let shared = host.values("core.hookspath").last
    let own = try Features.value("core.hookspath", in: settings, step)
    let usual = "\(commonPath)hooks"
    guard let value = shared?.isOfThisRun == true ? shared?.value : own ?? shared?.value else { return .own(usual) }
    let isOwn = own != nil && shared?.isOfThisRun != true
    let setting = "core.hooksPath = \(value.isEmpty ? "(empty)" : value)" + (isOwn ? "" : " in \(shared?.place ?? "")")
    guard !value.isEmpty, let named = host.path(value) else { return .none(setting: setting, usual: usual) }
    let place = named.hasPrefix("/") ? named : (isServer ? path : workTree ?? path) + named
    if exists(place), !isFolder(place) { return .none(setting: setting, usual: usual) }
    return isOwn ? .own(place) : .shared(place, setting: setting, usual: usual)
  }
}
