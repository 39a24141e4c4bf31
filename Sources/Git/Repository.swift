internal import CGit2

/// An open repository: owns libgit2's handles and frees them exactly once.
///
/// It blocks, and it is not `Sendable`: one actor owns it. A handle keeps packs that a repack deleted open, descriptors and disk
/// space included, so close it and open it again now and then: hourly, and after a repack.
public struct Repository: ~Copyable {
  let raw: OpaquePointer
  let objects: OpaquePointer
  /// What keeps a concurrent `git gc` from the commits that we made and no reference leads to yet.
  let keeps = Keeps()
  /// The folder whose content is read, from the root: nothing that stands beside it, or beside one on the way to it, hides it.
  let content: String

  /// Opens the repository at `path`, which is a work tree or a git directory. C function: `git_repository_open`.
  ///
  /// Where variables of git name a repository, that is the one in the current folder.
  ///
  /// - Parameter content: the folder whose content is read, where one is.
  /// - Throws: ``GitError``; `.notFound` where there is none, `.unsupported`, naming the feature, for sha256 and reftable, `.invalid` if
  ///   another user owns it and this host does not trust it.
  public init(at path: String, content: String = "") throws(GitError) {
    try Library.start()
    try self.init(adopting: Repository.open(path), content: content, step: "open repository \(path)")
  }

  /// Makes an empty bare repository at `path`, whose HEAD stands for `branch`, or opens the one that is there.
  public static func create(bareAt path: String, branch: String = "main", content: String = "") throws(GitError) -> Repository {
    try Library.start()
    let step = "create repository \(path)"
    let raw: OpaquePointer = try make(step) { repository in
      var options = git_repository_init_options()
      git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
      options.flags = GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKPATH.rawValue
      return branch.withCString { branch in
        options.initial_head = branch
        return git_repository_init_ext(&repository, path, &options)
      }
    }
    return try Repository(adopting: raw, content: content, step: step)
  }

  /// The git directory of the repository that `path` is in, looking upwards as git does. C function: `git_repository_discover`.
  public static func discover(from path: String) throws(GitError) -> String {
    try Library.start()
    let surroundings = Surroundings.current
    if surroundings.govern(path) { return try Repository(at: path).path }
    var found = git_buf()
    defer { git_buf_dispose(&found) }
    try check("find a repository at \(path)") {
      git_repository_discover(&found, path, surroundings.crossesFileSystems ? 1 : 0, surroundings.ceilings)
    }
    return String(cString: found.ptr)
  }

  deinit {
    git_odb_free(objects)
    git_repository_free(raw)
  }

  /// The git directory, ending with a slash.
  public var path: String { String(cString: git_repository_path(raw)) }
  public var isBare: Bool { git_repository_is_bare(raw) == 1 }
  /// Whether part of the history is missing on purpose; questions that need it fail with `.missingObject`.
  public var isShallow: Bool { git_repository_is_shallow(raw) == 1 }
  /// The folder that people work in, ending with a slash; nil for a bare repository.
  public var workTree: String? { git_repository_workdir(raw).map { String(cString: $0) } }
  /// The git directory that holds objects and branches: another one than `path` in a linked work tree. Ends with a slash.
  public var commonPath: String { String(cString: git_repository_commondir(raw)) }

  private init(adopting raw: OpaquePointer, content: String, step: String) throws(GitError) {
    self.content = content
    do throws(GitError) {
      objects = try make(step) { git_repository_odb(&$0, raw) }
      self.raw = raw
    } catch {
      git_repository_free(raw)
      throw error
    }
  }

  private static func open(_ path: String) throws(GitError) -> OpaquePointer {
    let step = "open repository \(path)"
    let surroundings = Surroundings.current
    let isNamed = surroundings.govern(path)
    var raw: OpaquePointer = try make(step) { git_repository_open(&$0, isNamed ? surroundings.gitDirectory ?? path : path) }
    do throws(GitError) {
      try Features(of: raw, step).apply(to: &raw, step)
      if isNamed { try surroundings.placeWorkTree(of: raw, step) }
      try Ownership(of: raw).require(step, surroundings)
      return raw
    } catch {
      git_repository_free(raw)
      throw error
    }
  }
}
