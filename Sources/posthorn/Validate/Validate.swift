import ArgumentParser
import Glibc
import Platforms
import Schedule

struct Validate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check posts, accounts and settings; report all mistakes at once.",
    discussion: """
      Reads the work tree, a commit with --rev, or one post from standard input with "-". Needs no network and no secret. \
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

  func validate() throws {
    if path.contains("-"), path.count > 1 || rev != nil {
      throw ValidationError("\"-\" reads one post from standard input and stands alone; leave out the other paths and --rev")
    }
    if explain != nil, !path.isEmpty || rev != nil {
      throw ValidationError("--explain prints the page of a rule and reads nothing; leave out paths and --rev")
    }
  }

  func run() async throws {
    if let explain { return try printPage(explain) }
    let options = try common.resolved(formats: [.text, .json, .sarif, .github, .gitlab, .junit])
    let host = ValidationHost(
      zones: try Self.zones(), platforms: Shipped.schemas, now: .now, cores: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let report = try await report(options, host)
    guard report.status(failOn) == .fine else { throw ExitStatus.findings.exit }
  }

  private func report(_ options: ResolvedOptions, _ host: ValidationHost) async throws -> ValidateReport {
    if path == ["-"] { return try reportStandardInput(options, host) }
    if let rev { return try await reportCommit(rev, options, host) }
    let tree = try WorkTree(at: options.repo, folder: options.folder)
    let known = KnownPosts(in: tree)
    let chosen = try path.map { path throws(Failure) in try tree.path(named: path) }
    let files = tree.files(isNew: { path, id in !known.contains(id, at: path) })
    return try await report(try tree.listing(), in: files, chosen: chosen, options, host)
  }

  private func reportCommit(_ rev: String, _ options: ResolvedOptions, _ host: ValidationHost) async throws -> ValidateReport {
    let commit = try CommitContent(rev, in: options.repo, folder: options.folder)
    let chosen = path.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    for path in chosen where !commit.holds(path) {
      throw Failure.usage("commit \(rev) has no \(path) in \(options.folder)/; name paths from the repository's root")
    }
    return try await report(commit.listing, in: commit.files, chosen: chosen, options, host)
  }

  private func report(
    _ listing: ContentListing, in files: ContentFiles, chosen: [String], _ options: ResolvedOptions, _ host: ValidationHost
  ) async throws -> ValidateReport {
    func isChosen(_ path: String) -> Bool {
      chosen.isEmpty || chosen.contains { $0.isEmpty || path == $0 || path.hasPrefix($0 + "/") }
    }
    let validation = try await Validation(
      listing, in: files, host: host, isChosen: isChosen,
      progress: Progress("reading posts:", of: listing.posts.count, on: options.console))
    let report = ValidateReport(
      diagnostics: chosen.isEmpty ? validation.diagnostics : validation.diagnostics.filter { isChosen($0.path) },
      posts: chosen.isEmpty ? listing.posts.count : listing.posts.count(where: isChosen),
      accounts: chosen.isEmpty ? listing.accounts.count : listing.accounts.count(where: isChosen))
    let read = try files.openReader()
    output(report, options) { path in
      var bytes: [UInt8]?
      try? read(path) { bytes = Array($0) }  // Only the source line would be missing; a link, for one, is not followed.
      return bytes
    }
    return report
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

  private func printPage(_ id: String) throws(Failure) {
    guard let rule = Rule(rawValue: id) else {
      let ids = Rule.allCases.map(\.rawValue)
      let question = Spelling.nearest(to: id, among: ids).map { "; did you mean \($0)?" } ?? ""
      throw .usage("no rule is called \"\(id)\"\(question) (rules are \(ids.joined(separator: ", ")))")
    }
    let page = rule.page
    Output.standard.write(
      """
      \(rule.rawValue): \(page.summary)

      \(page.text)

      Reported:

      \(indented(page.bad.description))

      Accepted:

      \(indented(page.good.description))

      """)
  }

  private func indented(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.map { $0.isEmpty ? "" : "    " + $0.printable }.joined(separator: "\n").trimmed
  }

  private static func zones() throws(Failure) -> Zones {
    do {
      return try Zones.system(directory: Environment.current["TZDIR"])
    } catch {
      throw .couldNot(error.description)
    }
  }
}

extension String {
  /// Without empty lines at its end.
  fileprivate var trimmed: String {
    var text = self
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }
}
