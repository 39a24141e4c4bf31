import Foundation
import Schedule
import Support

/// A host of one test's own: a home, a state directory, and the repository that it serves.
final class Host: Sendable {
  let repository: ContentRepository
  let home: TemporaryFolder
  /// `--repo …`, `--state …`, and how the repository is reached.
  let options: [String]
  /// How the repository is reached, for another host.
  let access: [String]
  let state: String

  /// - Parameters:
  ///   - repo: what `--repo` names; the repository's URL otherwise.
  ///   - state: where the state directory is; in the home unless a test wants it elsewhere.
  ///   - access: further options of the host.
  init(_ repository: ContentRepository, repo: String? = nil, state: String? = nil, access: [String] = []) throws {
    (self.repository, self.access) = (repository, access)
    home = try TemporaryFolder("host")
    self.state = state ?? home.path("state")
    options = ["--repo", repo ?? repository.url, "--state", self.state, "--allow-private-hosts"] + access
  }

  /// A host and a new repository with these files below `schedule/`.
  convenience init(_ files: [String: String]) throws { try self.init(try ContentRepository(files: files)) }

  /// Runs a command with the host's options.
  func posthorn(_ command: String..., input: String = "") async throws -> Posthorn.Ending {
    try await Posthorn.run(command + options, environment: ["HOME": home.path], input: input)
  }

  /// One pass; the exit code has to be the expected one.
  @discardableResult
  func reconcile(exit status: Int32 = 0) async throws -> Posthorn.Ending {
    let ending = try await posthorn("reconcile")
    guard ending.status == status else { throw Overdue(description: "reconcile was to end with \(status): \(ending)") }
    return ending
  }

  func daemon(_ more: String..., interval: String = "1s") async throws -> Daemon {
    try await Daemon(options + ["--interval", interval] + more, environment: ["HOME": home.path])
  }

  func login(_ account: String, secret: String = Host.secret) async throws {
    let ending = try await posthorn("account", "login", account, input: #"{"secret": "\#(secret)"}"#)
    guard ending.status == 0 else { throw Overdue(description: "login of \(account): \(ending)") }
  }

  /// The base64 of 24 bytes; no secret of anybody.
  static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  /// What the outbox platform published, by file.
  func outbox(_ account: String = "acme") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: state + "/outbox/\(account)")) ?? []).sorted()  // Nothing yet is no folder.
  }
}

// MARK: - What was recorded

extension Host {
  /// The history upstream, by file below `history/`.
  func history(on branch: String = "main") throws -> [String: HistoryRecord] {
    try repository.files(under: "history/", on: branch).mapValues { try HistoryRecord(json: try JSON.parse(Array($0.utf8))) }
  }

  /// The attempts of a post upstream, in order: `["1 retrying", "2 published"]`.
  func attempts(_ post: String, on branch: String = "main") throws -> [String] {
    try history(on: branch).values.filter { $0.post.text == post }.sorted { $0.attempt < $1.attempt }.map {
      "\($0.attempt) \($0.outcome.rawValue)"
    }
  }

  /// The status upstream of the post at `posts/NAME.yaml`.
  func status(_ name: String, on branch: String = "main") throws -> StatusRecord? {
    try repository.file("status/posts/\(name).json", on: branch).map { try StatusRecord(json: try JSON.parse(Array($0.utf8))) }
  }

  /// Files that a record commit touched and has no business with.
  func strayPaths(on branch: String = "main") throws -> [String] {
    try repository.recordedPaths(on: branch).filter { !$0.hasPrefix("schedule/history/") && !$0.hasPrefix("schedule/status/") }
  }
}

// MARK: - What is written

/// A wall-clock time in UTC, `seconds` from now.
func wallClock(_ seconds: Int) -> String {
  String(Instant(seconds: Int64(Date().timeIntervalSince1970) + Int64(seconds)).description.prefix(19))
}

/// A post that is due `seconds` from now; `more` are further lines.
func post(due seconds: Int = -2, to accounts: String = "acme", caption: String = "Doors open.", _ more: String...) -> String {
  (["scheduled_time: \(wallClock(seconds))", "timezone: UTC", "accounts: [\(accounts)]", "caption: \(caption)"] + more).joined(
    separator: "\n") + "\n"
}

let outbox = "platform: outbox\n"

func webhook(_ url: String, _ more: String...) -> String { (["platform: webhook", "url: \(url)"] + more).joined(separator: "\n") + "\n" }
