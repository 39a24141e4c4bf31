import Schedule
import Support
import Testing

/// Somebody with a clone and the right to push, who tampers with what Posthorn recorded.
struct Forger {
  let clone: GitClient
  /// The first commit of whatever was tampered with.
  var commit = ""

  init(of repository: ContentRepository, named name: String) throws {
    clone = try repository.anotherClone(name)
  }

  /// Commits files below `schedule/` (nil removes one) as a person.
  mutating func commit(_ files: [String: String?]) throws {
    commit = try clone.commit(Dictionary(uniqueKeysWithValues: files.map { ("schedule/\($0)", $1) }))
  }

  /// Commits files below `schedule/` in the form of a record commit.
  mutating func record(_ files: [String: String?], host: String? = nil) throws {
    let original = try clone.git("log", "--author=Posthorn", "--format=%H", "-1")
    let email = try clone.git("log", "--format=%ae", "-1", original)
    let source = try clone.git("rev-parse", "HEAD")
    let posthorn = GitClient(
      at: clone.path,
      environment: [
        "GIT_AUTHOR_NAME": "Posthorn", "GIT_AUTHOR_EMAIL": email, "GIT_COMMITTER_NAME": "Posthorn", "GIT_COMMITTER_EMAIL": email,
      ])
    let trailers = "Posthorn-Source: \(source)\nPosthorn-Host: \(host ?? String(email.dropFirst("posthorn@".count)))"
    commit = try posthorn.commit(
      Dictionary(uniqueKeysWithValues: files.map { ("schedule/\($0)", $1) }), message: "publish launch to acme\n\n\(trailers)")
  }

  func text(_ file: String) throws -> String { try Posthorn.text("\(clone.path)/schedule/\(file)") }

  /// The path of the history file of an attempt, below `schedule/`.
  func history(_ post: String, _ account: String, _ attempt: Int = 1) throws -> String {
    let name = "\(post)/\(account).\(attempt).json"
    let files = try clone.git("ls-files", "schedule/history").split(separator: "\n").map { String($0.dropFirst("schedule/".count)) }
    return try #require(files.first { $0.hasSuffix(name) })
  }

  /// Commits a record that is like another one but for a change, in the form of a record commit.
  ///
  /// - Returns: its path.
  mutating func record(like file: String, host: String? = nil, _ change: (inout HistoryRecord) -> Void) throws -> String {
    var record = try HistoryRecord(json: try JSON.parse(Array(try text(file).utf8)))
    change(&record)
    try self.record([record.file: record.json.text()], host: host)
    return record.file
  }

  /// Changes a status file, in the form of a record commit.
  mutating func status(_ file: String, _ change: (inout StatusRecord) -> Void) throws -> String {
    var status = try StatusRecord(json: try JSON.parse(Array(try text(file).utf8)))
    change(&status)
    try record([file: status.json.text()])
    return file
  }
}
