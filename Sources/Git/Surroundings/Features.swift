internal import CGit2

/// What the configuration of a repository says about its form, as far as libgit2 does not understand it by itself.
///
/// - Source: git's Documentation/technical/repository-version.txt.
struct Features {
  private var isBare = false
  private var workTree: String?

  /// - Throws: ``GitError``, `.unsupported`, for ids or branches that are kept in another form.
  init(of repository: OpaquePointer, _ step: String) throws(GitError) {
    let settings: OpaquePointer = try make(step) { git_repository_config(&$0, repository) }
    defer { git_config_free(settings) }
    if let form = try Self.value("extensions.objectformat", in: settings, step), form.lowercased() != "sha1" {
      throw GitError(
        step: step, reason: .unsupported,
        detail:
          "it uses \(form) object ids, which this program cannot read; make one with sha1 from it: git fast-export --all | git -C NEW fast-import"
      )
    }
    if let form = try Self.value("extensions.refstorage", in: settings, step), form.lowercased() != "files" {
      throw GitError(
        step: step, reason: .unsupported,
        detail: "it keeps its branches in a \(form), which this program cannot read; run: git refs migrate --ref-format=files")
    }
    guard HostSettings.isTrue(try Self.value("extensions.worktreeconfig", in: settings, step) ?? "false") else { return }
    // The settings of this work tree alone win over those of the repository.
    let path = String(cString: git_repository_path(repository)) + "config.worktree"
    try check(step) { git_config_add_file_ondisk(settings, path, GIT_CONFIG_LEVEL_APP, repository, 0) }
    isBare = HostSettings.isTrue(try Self.value("core.bare", in: settings, step) ?? "false")
    workTree = try Self.value("core.worktree", in: settings, step)
  }

  /// Opens `repository` as the settings of its work tree have it; the pointer may become another one.
  func apply(to repository: inout OpaquePointer, _ step: String) throws(GitError) {
    if isBare, git_repository_is_bare(repository) == 0 {
      let bare: OpaquePointer = try make(step) { git_repository_open_bare(&$0, git_repository_path(repository)) }
      git_repository_free(repository)
      repository = bare
    } else if let workTree {
      let place = workTree.hasPrefix("/") ? workTree : String(cString: git_repository_path(repository)) + workTree
      try check(step) { git_repository_set_workdir(repository, place, 0) }
    }
  }

  static func value(_ name: String, in settings: OpaquePointer, _ step: String) throws(GitError) -> String? {
    var buffer = git_buf()
    let status = git_config_get_string_buf(&buffer, settings, name)
    defer { git_buf_dispose(&buffer) }
    if status == GIT_ENOTFOUND.rawValue { return nil }
    try check(step) { status }
    return String(cString: buffer.ptr)
  }
}
