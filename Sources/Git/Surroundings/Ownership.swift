internal import CGit2
internal import Glibc

/// Whether a repository is ours to run: its configuration says what git does, so one of somebody else is opened only where this host says that it may.
///
/// libgit2 asks the same, but of a `safe.directory` that it was told nothing about; so it is asked here, with git's own answer.
///
/// - Source: git-config(1), `safe.directory`.
struct Ownership {
  /// The work tree and what in it leads to the git directory, if it has them, and the git directory.
  let paths: [String]

  init(of repository: OpaquePointer) {
    let workTree = git_repository_workdir(repository).map { String(cString: $0) }
    let link = workTree.map { "\($0).git" }.flatMap { isFolder($0) ? nil : $0 }
    paths = [workTree, link, git_repository_path(repository).map { String(cString: $0) }].compactMap { $0 }.map { path in
      path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
  }

  /// - Throws: ``GitError`` with the owner and what to type, where the host does not trust it.
  func require(_ step: String, _ surroundings: Surroundings = .current) throws(GitError) {
    guard let foreign = paths.lazy.compactMap({ path in Self.owner(of: path, surroundings).map { (path, $0) } }).first else { return }
    let place = paths.first.flatMap { realPath($0) } ?? foreign.0
    guard try !isTrusted(place, HostSettings(surroundings)) else { return }
    throw GitError(
      step: step, reason: .invalid,
      detail: "\(foreign.0) belongs to \(Self.name(foreign.1)), and this runs as \(Self.name(geteuid())); if you trust what is in it, run: "
        + "git config --global --add safe.directory \(place.quotedForShell)")
  }

  /// Whose it is, where that is somebody else. Who became root through sudo is not.
  private static func owner(of path: String, _ surroundings: Surroundings) -> uid_t? {
    var facts = stat()
    guard lstat(path, &facts) == 0 else { return nil }
    let isOurs = facts.st_uid == geteuid() || geteuid() == 0 && surroundings["SUDO_UID"].flatMap { uid_t($0) } == facts.st_uid
    return isOurs ? nil : facts.st_uid
  }

  /// An empty value takes back what was said before it.
  private func isTrusted(_ place: String, _ settings: HostSettings) -> Bool {
    settings.values("safe.directory").reduce(false) { isTrusted, setting in
      if setting.value.isEmpty { return false }
      return isTrusted || names(setting.value, place, settings)
    }
  }

  private func names(_ value: String, _ place: String, _ settings: HostSettings) -> Bool {
    if value == "*" { return true }
    guard let path = settings.path(value) else { return false }
    if path == "." { return realPath(".") == place }
    guard path.hasPrefix("/") else { return false }
    if path.hasSuffix("/*") { return place.hasPrefix((realPath(String(path.dropLast(2))) ?? String(path.dropLast(2))) + "/") }
    return realPath(path) == place
  }

  private static func name(_ user: uid_t) -> String {
    getpwuid(user)?.pointee.pw_name.map { "\(String(cString: $0)) (uid \(user))" } ?? "uid \(user)"
  }
}

extension String {
  /// As one word of a shell's command line.
  public var quotedForShell: String {
    let isPlain = utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "-_./=:@+,".utf8.contains(byte)
    }
    guard !isPlain || isEmpty else { return self }
    // In scalars: a mark behind a quotation mark makes another `Character` of it.
    return "'" + unicodeScalars.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
  }
}
