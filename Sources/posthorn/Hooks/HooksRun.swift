import ArgumentParser
import Engine
import Git
import Glibc
import Schedule
import StateDirectory

/// `posthorn hooks run NAME`: what the scripts call.
struct HooksRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Do what a hook does; git calls it.",
    discussion: "pre-commit ends with 1 if a post is invalid, and so does pre-receive; post-receive never fails.")

  @OptionGroup var common: CommonOptions
  @Argument(help: "pre-commit, pre-receive or post-receive.")
  var hook: HookName

  func run() async throws {
    let options = try common.resolved()
    let status: ExitStatus =
      switch hook {
      case .preCommit: try await Self.preCommit(options)
      case .preReceive: try await Self.preReceive(options)
      case .postReceive: Self.postReceive(options)
      }
    if status != .fine { throw status.exit }
  }

  /// Checks the index as git hands it over: staged blobs, never the work tree.
  private static func preCommit(_ options: ResolvedOptions) async throws -> ExitStatus {
    let path: String
    let files: [StagedFile]
    var head: ObjectID?
    do throws(GitError) {
      path = try Repository.discover(from: RemoteURL(options.repo).path)
      let repository = try Repository(screened: path)
      files = try repository.stagedFiles(index: Environment.current["GIT_INDEX_FILE"])
      head = try repository.reference("HEAD")
    } catch { throw RepositoryView.failure(error, options.repo) }
    let base = try head.flatMap { head throws(Failure) in try ContentCheck.content(at: head, in: path, options) }
    let check = ContentCheck(options: options, now: .now)
    return try await check.status(of: CommitContent(files, in: path, folder: options.folder), since: base)
  }

  /// Checks the new tip of each branch, read from git's quarantine; everything of a push is refused together.
  private static func preReceive(_ options: ResolvedOptions) async throws -> ExitStatus {
    let path: String
    do throws(GitError) { path = try Repository.discover(from: RemoteURL(options.repo).path) } catch {
      throw RepositoryView.failure(error, options.repo)
    }
    let quarantine = Environment.current["GIT_QUARANTINE_PATH"] ?? Environment.current["GIT_OBJECT_DIRECTORY"]
    let check = ContentCheck(options: options, now: .now)
    var status = ExitStatus.fine
    for update in try RefUpdate.standardInput() where update.isBranch {
      guard let new = update.new else { continue }
      let base = try update.old ?? head(path)
      if try await check.status(of: new, since: base, in: path, quarantine: quarantine) != .fine { status = .findings }
    }
    if status != .fine { options.console.note("the push is refused; mend what is listed above, commit, and push again") }
    return status
  }

  /// Of a branch that is new, what the main branch has is not.
  private static func head(_ path: String) throws(Failure) -> ObjectID? {
    do throws(GitError) { return try Repository(screened: path).reference("HEAD") } catch { throw .couldNot(error.description) }
  }

  /// Has the daemon fetch at once. A push that was accepted does not fail because nobody listens.
  private static func postReceive(_ options: ResolvedOptions) -> ExitStatus {
    do {
      let location = try resolveLocation(options, HostAccess(HostFlags.parse([]), options.host))
      defer { sayRewritten(location, options.console) }
      let path = try StateLocation.path(options.state, for: location, folder: options.folder)
      guard FileBytes.exists("\(path)/\(ControlSocket.name)"), let answer = try ControlSocket.ask("reconcile", in: StateLocation.open(path))
      else {
        options.console.note(
          "posthorn: no daemon listens in \(path); it will see the push when it fetches next, or start it: posthorn daemon")
        return .fine
      }
      options.console.note("posthorn: \(answer.split(separator: "\n").joined(separator: "; "))".printable)
    } catch {
      options.console.note("posthorn: the daemon could not be told: \(error)".printable)
    }
    return .fine
  }
}

extension HooksRun {
  /// Says what a daemon that has adopted the old history does about a push that takes it away.
  private static func sayRewritten(_ location: Location, _ console: Console) {
    guard case .bare(let path, let branch) = location else { return }
    do {
      let repository = try Repository(screened: path)
      for update in try RefUpdate.standardInput() where update.name == "refs/heads/\(branch)" {
        guard let old = update.old, let new = update.new, repository.contains(old), try !repository.isAncestor(old, of: new) else {
          continue
        }
        console.note("posthorn: " + RewrittenBranch.note(branch: branch, from: old.hex, to: new.hex).printable)
      }
    } catch {
      console.detail("posthorn: whether the branch was rewritten cannot be told: \(error)".printable)
    }
  }
}

/// A line of what git tells pre-receive: `old new ref`.
struct RefUpdate: Equatable {
  /// `nil` for a reference that is made.
  var old: ObjectID?
  /// `nil` for one that is removed.
  var new: ObjectID?
  var name: String

  var isBranch: Bool { name.hasPrefix("refs/heads/") }

  init?(_ line: some StringProtocol) {
    let words = line.split(separator: " ", maxSplits: 2)
    guard words.count == 3, let old = ObjectID(hex: words[0]), let new = ObjectID(hex: words[1]) else { return nil }
    func present(_ id: ObjectID) -> ObjectID? { id.hex.allSatisfy { $0 == "0" } ? nil : id }
    (self.old, self.new, name) = (present(old), present(new), String(words[2]))
  }

  static func standardInput() throws(Failure) -> [RefUpdate] {
    let bytes: [UInt8]
    do { bytes = try FileBytes.read(STDIN_FILENO, named: "standard input", atMost: 16 << 20) } catch { throw .couldNot("\(error)") }
    var updates: [RefUpdate] = []
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      guard let update = RefUpdate(line) else { throw .usage("\"\(line.printable)\" is not OLD NEW REF, as git hands it to pre-receive") }
      updates.append(update)
    }
    return updates
  }
}
