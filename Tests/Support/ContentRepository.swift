import Foundation

/// A repository that a team keeps its posts in: a bare upstream, and a clone that somebody works in.
public final class ContentRepository: Sendable {
  public let folder: TemporaryFolder
  public let upstream: GitClient
  public let clone: GitClient
  /// The URL or path that others clone from.
  public let url: String

  /// - Parameters:
  ///   - bare: where upstream is made; inside `folder` unless a server wants it elsewhere.
  ///   - url: by what upstream is reached; its path otherwise.
  ///   - environment: what git needs to get there: keys, certificates.
  ///   - files: the first commit, below `schedule/`; pushed at once.
  public init(bare: String? = nil, url: String? = nil, environment: [String: String] = [:], files: [String: String] = [:]) throws {
    folder = try TemporaryFolder("content")
    let bare = bare ?? folder.path("team.git")
    upstream = try GitClient.create(at: bare, "--bare")
    try upstream.git("config", "http.receivepack", "true")
    self.url = url ?? bare
    clone = try GitClient.clone(bare, to: folder.path("clone"), environment: environment)
    if let url { try clone.git("remote", "set-url", "origin", url) }
    if !files.isEmpty { try push(files) }
  }

  /// Another clone, for another person.
  public func anotherClone(_ name: String) throws -> GitClient {
    let other = try GitClient.clone(upstream.path, to: folder.path(name), environment: clone.environment)
    try other.git("remote", "set-url", "origin", url)
    return other
  }

  /// Commits files below `schedule/` (nil removes one) on top of what is upstream, and pushes, as often as it takes.
  ///
  /// - Returns: the commit that arrived.
  @discardableResult
  public func push(_ files: [String: String?], message: String = "a change") throws -> String {
    try clone.commit(Dictionary(uniqueKeysWithValues: files.map { ("schedule/\($0)", $1) }), message: message)
    try clone.pushOnTop()
    return try clone.git("rev-parse", "HEAD")
  }

  /// The text of a file below `schedule/` upstream; `nil` where there is none.
  public func file(_ name: String, on branch: String = "main") throws -> String? {
    guard try names(under: name, on: branch).contains(name) else { return nil }
    return try upstream.git("show", "\(branch):schedule/\(name)") + "\n"
  }

  /// The files below `schedule/` upstream whose names begin with `prefix`.
  public func names(under prefix: String, on branch: String = "main") throws -> [String] {
    guard try !upstream.git("branch", "--list", branch).isEmpty else { return [] }
    return try upstream.git("ls-tree", "-r", "--name-only", branch, "--", "schedule/\(prefix)").split(separator: "\n")
      .map { String($0.dropFirst("schedule/".count)) }
  }

  /// All files below `schedule/` upstream whose names begin with `prefix`, by name.
  public func files(under prefix: String, on branch: String = "main") throws -> [String: String] {
    let names = try names(under: prefix, on: branch)
    guard !names.isEmpty else { return [:] }
    let all = try run(
      ["git", "-C", upstream.path, "cat-file", "--batch"], input: Data(names.map { "\(branch):schedule/\($0)\n" }.joined().utf8))
    var rest = Array(all.utf8)[...]
    var files: [String: String] = [:]
    for name in names {
      guard let end = rest.firstIndex(of: 0x0A),
        let size = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ").last.flatMap({ Int($0) })
      else { break }
      files[name] = String(decoding: rest[(end + 1)...].prefix(size), as: UTF8.self)
      rest = rest[(end + 1)...].dropFirst(size + 1)
    }
    return files
  }

  /// What each commit that Posthorn made on `branch` touched, newest first.
  public func recordedPaths(on branch: String = "main") throws -> [String] {
    try upstream.git("log", "--author=Posthorn", "--format=", "--name-only", branch).split(separator: "\n").map(String.init)
  }
}

extension GitClient {
  /// Pushes what was committed here, rebased onto upstream's branch each time somebody else was first.
  ///
  /// - Throws: ``ProgramFailure`` after a hundred lost races.
  public func pushOnTop(_ branch: String = "main") throws {
    var failure: (any Error)?
    for _ in 0..<100 {
      do {
        try git("push", "-q", "origin", "HEAD:refs/heads/\(branch)")
        return
      } catch let error as ProgramFailure where ["rejected", "failed to", "cannot lock"].contains(where: { error.output.contains($0) }) {
        failure = error
        try git("pull", "-q", "--rebase", "origin", branch)
      }
    }
    if let failure { throw failure }
  }
}
