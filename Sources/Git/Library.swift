internal import CGit2

/// libgit2 itself: started once for the life of the process, with the options that everything here relies on.
public enum Library {
  /// Starts libgit2, the first time it is called; opening a repository does it too.
  ///
  /// Everything that libgit2 writes is flushed, and no configuration of the user or the machine is read: an `insteadOf`
  /// there would send us to another server. Strict creation and hash verification stay on, as they are by default; whose a repository is
  /// ``Repository`` asks itself, because libgit2 would ask that configuration. It also judges the values of the extensions.
  ///
  /// - Throws: ``GitError`` if libgit2 cannot start; the same one every time.
  public static func start() throws(GitError) { try started.get() }

  /// What no git object of a sane repository exceeds; a pack announcing more is refused before it is read.
  static let largestPack = 10_000_000

  private static let started = Result { () throws(GitError) in
    try check("start libgit2") { Authorities.puttingOff { git_libgit2_init() } }
    try check("set libgit2's options") { git_shim_set_switch(Int32(GIT_OPT_ENABLE_FSYNC_GITDIR.rawValue), 1) }
    try check("set libgit2's options") { git_shim_set_switch(Int32(GIT_OPT_SET_OWNER_VALIDATION.rawValue), 0) }
    try check("set libgit2's options") { git_shim_set_extensions() }
    for level in [GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL] {
      // An empty list of folders: nothing to search in.
      try check("set libgit2's options") { git_shim_set_search_path(level.rawValue, "") }
    }
    try check("set libgit2's options") { git_shim_set_size(Int32(GIT_OPT_SET_MWINDOW_FILE_LIMIT.rawValue), 64) }
    try check("set libgit2's options") { git_shim_set_cache_size(64 << 20) }
    try check("set libgit2's options") { git_shim_set_size(Int32(GIT_OPT_SET_PACK_MAX_OBJECTS.rawValue), largestPack) }
  }
}
