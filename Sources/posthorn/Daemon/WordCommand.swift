import Engine
import Git
import Logging
import Platforms
import Schedule
import StateDirectory

/// A person's word that is pushed for jobs to read, instead of being said to the state directory of this host.
enum WordCommand {
  /// Who says so: as git knows them, else the login on this host.
  static func person(_ options: ResolvedOptions) -> String {
    if let person = Surroundings.person(inRepositoryAt: RemoteURL(options.repo).isLocal ? RemoteURL(options.repo).path : nil) {
      return String(person.filter { !$0.isNewline }.printable.prefix(200))
    }
    let login = Environment.current["USER"] ?? Environment.current["LOGNAME"] ?? "somebody"
    return "\(login)@\(EngineHost.hostName)".filter { $0.isASCII && !$0.isWhitespace }
  }

  static func retry(_ post: PostID, _ account: AccountName?, _ common: CommonOptions, _ host: HostFlags) async throws {
    let options = try common.resolved()
    let answers = try await saying(options, host) { try await $0.retry(post, account, now: .now) }
    var said: [String] = []
    for answer in answers {
      switch answer {
      case .said(let id): said.append("\(id)")
      case .refused(let id, let why): options.console.note("\(id): \(why)".printable)
      }
    }
    guard !said.isEmpty else {
      throw Failure.couldNot(
        answers.isEmpty
          ? "no attempt of \(post)\(account.map { " to \($0)" } ?? "") was ever recorded; see: posthorn status \(post)"
          : "nothing of \(post) can be tried again; see: posthorn status \(post)")
    }
    options.console.note("ok: the next job that has the key tries again: \(said.joined(separator: ", "))")
  }

  static func resolve(_ id: DeliveryID, _ word: PersonsWord, _ common: CommonOptions, _ host: HostFlags) async throws {
    let options = try common.resolved()
    switch try await saying(options, host, { try await $0.resolve(id, word, now: .now) }) {
    case .said(let id):
      options.console.note(
        "ok: jobs that have the key take \(id) as \(word.isPublished ? "published" : "not published; to send it again: ")"
          + (word.isPublished ? "" : "posthorn retry \(id.post) \(id.account) --push"))
    case .refused(let id, let why): throw Failure.couldNot("\(id): \(why)".printable)
    case nil: throw Failure.couldNot("no attempt of \(id.post) to \(id.account) was ever recorded; see: posthorn status \(id.post)")
    }
  }

  static func letGo(burst commit: String, _ common: CommonOptions, _ host: HostFlags) async throws {
    let options = try common.resolved()
    guard let found = try await saying(options, host, { try await $0.letGo(burst: commit.lowercased(), now: .now) }) else {
      throw Failure.couldNot("the branch has no commit \(commit), or several; take it as posthorn status names it, or in full")
    }
    options.console.note(
      "ok: what came with \(found.hex.prefix(12)), or before it, and is due within the hour goes out with the next job that has the key")
  }

  private static func saying<Value>(
    _ options: ResolvedOptions, _ host: HostFlags, _ body: (PushedWord) async throws -> Value
  ) async throws(Failure) -> Value {
    Signals.prepareProcess()
    let access = try HostAccess(host, options.host)
    guard let key = access.sealKey else {
      throw .usage("--push needs --seal-key FILE, the key that the jobs have: they obey a word under its seal, and no other")
    }
    let location = try resolveLocation(options, access)
    if case .workTree(let path, _) = location {
      throw .usage(
        "--push needs a repository that the jobs see, and \(path.printable) is a work tree without an upstream; give its branch an upstream, or "
          + "name the URL or the bare repository with --repo")
    }
    let path = try StateLocation.path(options.state, for: location, folder: options.folder)
    options.console.note("repository: \(location.summary.printable)")
    return try await stopping {
      let state = try StateLocation.open(path)
      let lock = try Lock(in: state, now: .now)
      let level: Logger.Level = options.console.detail == .verbose ? .debug : .warning
      let word = PushedWord(
        by: person(options), Engine.Options(folder: options.folder, host: EngineHost.hostName, version: Posthorn.version), sealedWith: key,
        location: location, access: access.git, state: state, zones: try Zones.host(), platforms: Shipped.schemas,
        logger: Logger(label: "posthorn") { _ in TextLogHandler(level: level, now: { .now }) })
      let value = try await body(word)
      guard try lock.isStillHeld() else { throw Failure.couldNot("the lock of \(path) is gone; run it again") }
      return value
    }
  }
}
