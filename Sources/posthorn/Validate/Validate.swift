import ArgumentParser
import Git
import Glibc
import Platforms
import Schedule

struct Validate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Check posts, accounts and settings; report all mistakes at once.",
    discussion: """
      Reads the work tree (of a bare repository its head), a commit with --rev, or one post from standard input with "-". Needs no network \
      and no secret. \
      With --since it reads what changed and compares it with the posts nearby. \
      Ends with 0 if there is no error, 1 if there is one, 2 for a wrong command line, 3 if the content could not be read.
      """)

  @OptionGroup var common: CommonOptions
  @Argument(help: "Report only what is in these files and folders; \"-\" reads one post from standard input.")
  var path: [String] = []
  @Option(help: "Read a commit instead of the work tree.")
  var rev: String?
  @Option(help: ArgumentHelp("End with 1 from this severity on: error or warning. (default: error)", valueName: "severity"))
  var failOn: FailOn = .error
  @Option(help: ArgumentHelp("Print the page of a rule, such as time.gap.", valueName: "rule"))
  var explain: String?

  @Option(help: "Report only what changed since a commit, or since the histories parted: origin/main.")
  var since: String?
  @Option(
    help: ArgumentHelp(
      "Report nothing about files that match, as in .gitignore: drafts/ or \"posts/**/old-*\"; may be given several times.",
      valueName: "glob"))
  var ignore: [String] = []

  func validate() throws {
    let hasScope = rev != nil || since != nil || !ignore.isEmpty
    if path.contains("-"), path.count > 1 || hasScope {
      throw ValidationError(
        "\"-\" reads one post from standard input and stands alone; leave out the other paths, --rev, --since and --ignore")
    }
    if explain != nil, !path.isEmpty || hasScope {
      throw ValidationError("--explain prints the page of a rule and reads nothing; leave out paths, --rev, --since and --ignore")
    }
    if ignore.contains(where: { Glob($0) == nil }) {
      throw ValidationError("--ignore needs a pattern, such as --ignore drafts/")
    }
  }

  func run() async throws {
    if let explain { return try RulePage.print(explain) }
    let options = try common.resolved(formats: [.text, .json, .sarif, .github, .gitlab, .junit])
    let host = ValidationHost(
      zones: try Self.zones(), platforms: Shipped.schemas, now: .now, cores: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))),
      branches: ValidationHost.branches(of: options.repo))
    let report = try await report(options, host)
    guard report.status(failOn) == .fine else { throw ExitStatus.findings.exit }
  }

  private func report(_ options: ResolvedOptions, _ host: ValidationHost) async throws -> ValidateReport {
    if path == ["-"] { return try reportStandardInput(options, host) }
    // A bare repository has no files but those of its head.
    if let rev = rev ?? (WorkTree.isBare(options.repo) ? options.branch ?? "HEAD" : nil) {
      return try await reportCommit(rev, options, host)
    }
    let tree = try WorkTree(at: options.repo, folder: options.folder)
    var scope = ValidateScope(
      paths: try path.map { path throws(Failure) in try tree.path(named: path) }, ignored: ignore.compactMap(Glob.init))
    scope.changes = try since.map { since throws(Failure) in try ContentChanges(since: since, in: tree) }
    let known = KnownPosts(in: tree.root, folder: tree.folder, at: scope.changes?.base)
    let files = tree.files(isNew: { path, id in !known.contains(id, at: path) })
    let reach = try scope.narrowChanges.map { changes throws(Failure) in try ChangeReach(changes, in: tree, files) }
    return try await report(try reach?.listing ?? tree.listing(), in: files, scope, reach, options, host) { validation throws(Failure) in
      // Outside git there is no head, and nothing was recorded.
      let head = (try? Repository(screened: tree.root).reference("HEAD")) ?? nil
      guard
        let published = try RecordedPosts(
          in: tree.root, folder: tree.folder, at: [Self.records(validation, options), head], complain: options.console.note)
      else {
        return []
      }
      let changes = scope.changes ?? head.flatMap { try? ContentChanges(since: $0, in: tree) }
      let pending = validation.pending.filter { reach == nil || scope.reports($0) }
      return try published.edits(of: validation, pending: pending, changes: changes, in: files, now: host.now)
        + Self.renames(among: changes, published, files, validation, host)
    }
  }

  private func reportCommit(_ rev: String, _ options: ResolvedOptions, _ host: ValidationHost) async throws -> ValidateReport {
    var scope = ValidateScope(paths: path.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }, ignored: ignore.compactMap(Glob.init))
    let repository = try CommitContent.gitDirectory(of: options.repo)
    let tip = try CommitContent.commit(rev, in: repository)
    scope.changes = try since.map { since throws(Failure) in
      try ContentChanges(since: since, to: rev, in: repository, folder: options.folder)
    }
    let reach = try scope.narrowChanges.flatMap { changes throws(Failure) in
      try ChangeReach(changes, to: tip, in: repository, folder: options.folder)
    }
    let commit = try reach?.commit ?? CommitContent(rev, in: options.repo, folder: options.folder)
    for path in scope.paths where !commit.holds(path) {
      throw Failure.usage("commit \(rev) has no \(path) in \(options.folder)/; name paths from the repository's root")
    }
    // Without a commit to compare with, nobody can say what is new.
    let known = scope.changes.map { KnownPosts(in: commit.path, folder: options.folder, at: $0.base) }
    let files = commit.files { path, id in !(known?.contains(id, at: path) ?? true) }
    return try await report(commit.listing, in: files, scope, reach, options, host) { validation throws(Failure) in
      let tip = try? Repository(screened: commit.path).revision(rev)  // It was found a moment ago.
      guard
        let published = try RecordedPosts(
          in: commit.path, folder: options.folder, at: [Self.records(validation, options), tip], complain: options.console.note)
      else {
        return []
      }
      let pending = validation.pending.filter { reach == nil || scope.reports($0) }
      return try published.edits(of: validation, pending: pending, changes: scope.changes, in: files, now: host.now)
        + Self.renames(among: scope.changes, published, files, validation, host)
    }
  }

  /// What of the changes is an old post under a new name.
  private static func renames(
    among changes: ContentChanges?, _ published: RecordedPosts, _ files: ContentFiles, _ validation: Validation, _ host: ValidationHost
  ) throws(Failure) -> [Diagnostic] {
    guard let changes else { return [] }
    let folder = published.folder
    var before: Catalog?
    if changes.reachesFurther {
      let content = try CommitContent(changes.base, in: published.path, folder: folder, only: [])
      var ignored: [Diagnostic] = []
      before = try Validation.catalog(content.listing, in: content.files, host, &ignored)
    }
    return try published.renames(
      from: changes.oldPosts(in: folder), to: Array(changes.posts(in: folder)), in: files, validation.catalog, before: before)
  }

  /// Where this clone has the records; `nil` where nothing was recorded, or the repository has no branch that could say.
  private static func records(_ validation: Validation, _ options: ResolvedOptions) -> ObjectID? {
    guard let view = try? RepositoryView(options) else { return nil }
    return (try? view.records(onBranch: validation.catalog.settings.record.branch)) ?? nil
  }

  /// - Parameter edits: finds what was edited after it went out.
  private func report(
    _ listing: ContentListing, in files: ContentFiles, _ scope: ValidateScope, _ reach: ChangeReach?, _ options: ResolvedOptions,
    _ host: ValidationHost, edits: (Validation) throws(Failure) -> [Diagnostic]
  ) async throws -> ValidateReport {
    let validation = try await Validation(
      listing, in: files, host: host, isChosen: scope.reports,
      progress: Progress("reading posts:", of: listing.posts.count, on: options.console))
    var found = (validation.diagnostics + (try edits(validation)) + unread(scope, listing, validation, files)).withoutPastRenamed.sorted()
    if !scope.isEverything { found = try await narrowed(found, to: scope, options, host) }
    let report = ValidateReport(
      diagnostics: found, posts: listing.posts.count(where: scope.reports), accounts: listing.accounts.count(where: scope.reports))
    let read = try files.openReader()
    defer { if let words = reach?.words { options.console.note(words) } }
    output(report, options) { path in
      var bytes: [UInt8]?
      try? read(path) { bytes = Array($0) }  // Only the source line would be missing; a link, for one, is not followed.
      return bytes
    }
    return report
  }

  /// Files that somebody named and that are nothing to us.
  private func unread(
    _ scope: ValidateScope, _ listing: ContentListing, _ validation: Validation, _ files: ContentFiles
  ) -> [Diagnostic] {
    let read = try? files.openReader()  // Whoever reads the posts has said why not.
    let known = Set(listing.posts + listing.accounts + [listing.settings].compactMap(\.self) + validation.diagnostics.map(\.path))
    return scope.paths.filter { path in
      path != listing.folder && ContentPath.isBelow(listing.folder, path) && !known.contains(path)
        && !known.contains { ContentPath.isBelow(path, $0) }
        && (try? read?(path) { _ in }) != nil  // A folder cannot be read, and has no file that is named.
    }.map(EntryCheck.unread)
  }

  /// A file that changed has to be right; elsewhere only what was right before and is wrong now, because an account went, for example.
  private func narrowed(
    _ found: [Diagnostic], to scope: ValidateScope, _ options: ResolvedOptions, _ host: ValidationHost
  ) async throws -> [Diagnostic] {
    // What stands beside the content folder is no part of it, and concerns all of it.
    func isReported(_ diagnostic: Diagnostic) -> Bool {
      scope.reports(diagnostic.path) || scope.paths.isEmpty && !ContentPath.isBelow(options.folder, diagnostic.path)
    }
    let elsewhere = found.filter { scope.includes($0.path) && !isReported($0) }
    guard let changes = scope.changes, changes.reachesFurther, !elsewhere.isEmpty else { return found.filter(isReported) }
    var before: Set<KnownMistake> = []
    // A base without the content folder had nothing wrong with it.
    if let content = try? CommitContent(changes.base.hex, in: options.repo, folder: options.folder) {
      before = Set(try await Validation(content.listing, in: content.files, host: host).diagnostics.map(KnownMistake.init))
    }
    return found.filter { isReported($0) || scope.includes($0.path) && !before.contains(KnownMistake($0)) }
  }

  /// One post, against the accounts and settings of the work tree. Somebody is about to add it: it counts as new.
  private func reportStandardInput(_ options: ResolvedOptions, _ host: ValidationHost) throws -> ValidateReport {
    let tree = try WorkTree(at: options.repo, folder: options.folder)
    let bytes: [UInt8]
    do {
      bytes = try FileBytes.read(STDIN_FILENO, named: "standard input", atMost: 1024 * 1024)
    } catch {
      throw Failure.couldNot("\(error)")
    }
    var ignored: [Diagnostic] = []
    let catalog = try Validation.catalog(try tree.listing(), in: tree.files(isNew: { _, _ in true }), host, &ignored)
    var reader = ContentReader()
    let reading = catalog.read(bytes, at: "stdin", with: &reader, newAt: host.now)
    let report = ValidateReport(diagnostics: reading.diagnostics, posts: 1, accounts: 0)
    output(report, options) { _ in bytes }
    return report
  }

  private func output(_ report: ValidateReport, _ options: ResolvedOptions, source: (String) -> [UInt8]?) {
    let console = options.console
    switch options.report {
    case .json: console.result(report.json)
    case .sarif: console.result(SARIFReport(report).text)
    case .github: console.result(GitHubReport(report).text)
    case .gitlab: console.result(GitLabReport(report).text)
    case .junit: console.result(JUnitReport(report).text)
    case .text, .markdown:
      if console.detail == .quiet, report.diagnostics.isEmpty { return }
      console.result(report.text(console.color(on: .standard), source: source))
    }
  }

  private static func zones() throws(Failure) -> Zones {
    do {
      return try Zones.system(directory: Environment.current["TZDIR"])
    } catch {
      throw .couldNot(error.description)
    }
  }
}
