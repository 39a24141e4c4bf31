import Foundation

/// A repository driven with the real `git`, as a person would.
public struct GitClient: Sendable {
  public let path: String
  public var environment: [String: String] = [:]

  /// A new repository with the branch `main`, and nothing in it.
  public static func create(at path: String, _ options: String...) throws -> GitClient {
    try run(["git", "init", "-q", "-b", "main"] + options + [path])
    return GitClient(at: path)
  }

  /// A clone of `url` at `path`.
  public static func clone(_ url: String, to path: String, environment: [String: String] = [:]) throws -> GitClient {
    try run(["git", "clone", "-q", url, path], environment: environment)
    return GitClient(at: path, environment: environment)
  }

  public init(at path: String, environment: [String: String] = [:]) {
    self.path = path
    self.environment = environment
  }

  /// Runs one git command here; its output without the last newline.
  @discardableResult
  public func git(_ arguments: String..., input: String = "") throws -> String {
    let output = try run(["git", "-C", path] + arguments, environment: environment, input: Data(input.utf8))
    return output.hasSuffix("\n") ? String(output.dropLast()) : output
  }

  /// Writes the files (nil removes) and commits them; returns the commit's id.
  @discardableResult
  public func commit(_ files: [String: String?], message: String = "a change") throws -> String {
    for (name, content) in files {
      let file = URL(fileURLWithPath: path).appendingPathComponent(name)
      if let content {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: file)
      } else {
        try FileManager.default.removeItem(at: file)
      }
    }
    try git("add", "-A")
    try git("commit", "-q", "--allow-empty", "-m", message)
    return try git("rev-parse", "HEAD")
  }

  /// What `git fsck` finds wrong; empty if everything is whole.
  public func fsck() throws -> String { try git("fsck", "--full", "--strict", "--no-dangling") }
}
