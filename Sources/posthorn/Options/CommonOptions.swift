import ArgumentParser
import Git
import Schedule

/// What `--format` may say.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
  /// Of `validate` alone: for code scanning, for logs of CI, for merge requests, for test reports.
  case sarif, github, gitlab, junit
  /// Of `plan` alone: a comment on a pull request.
  case markdown
}

/// The two forms that every command has.
enum OutputFormat {
  case text, json
}

enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// Flags that every command has. A flag wins over a `POSTHORN_` variable, a variable over the file that `--config` names.
struct CommonOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The repository: a work tree, a bare repository or a URL. (default: .)", valueName: "path-or-url"))
  var repo: String?
  @Option(help: "The branch that posts are read from. (default: the repository's head)")
  var branch: String?
  @Option(help: "The folder of the content, from the repository's root. (default: schedule)")
  var folder: String?
  @Option(help: ArgumentHelp("The state directory. (default: $XDG_STATE_HOME/posthorn/…)", valueName: "dir"))
  var state: String?
  @Option(help: "The form of the results: text or json; of validate also sarif, github, gitlab or junit, of plan markdown. (default: text)")
  var format: ReportFormat?
  @Option(help: "Colours: auto, always or never. (default: auto)")
  var color: ColorChoice?
  @Option(help: ArgumentHelp("A YAML file with options of this host.", valueName: "file"))
  var config: String?
  @Flag(name: .shortAndLong, help: "Say only results and errors.")
  var quiet = false
  @Flag(name: .shortAndLong, help: "Say more about what happens.")
  var verbose = false

  func validate() throws {
    if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other; leave one of them out") }
  }

  /// What holds once flags, variables and the file are put together.
  ///
  /// - Parameter formats: those that the command has.
  func resolved(formats: [ReportFormat] = [.text, .json]) throws(Failure) -> ResolvedOptions {
    let host = try HostOptions(environment: Environment.current, file: config)
    let hostFormat: ReportFormat? = try host.choice(.format)
    let format = format ?? hostFormat ?? .text
    guard formats.contains(format) else {
      throw .usage("this command has no --format \(format.rawValue); choose \(formats.map(\.rawValue).joined(separator: " or "))")
    }
    let hostColor: ColorChoice? = try host.choice(.color)
    let hostDetail = try host.detail()
    return ResolvedOptions(
      repo: repo ?? host[.repo] ?? ".", branch: branch ?? host[.branch], folder: try folderPath(host), state: state ?? host[.state],
      format: format == .json ? .json : .text, report: format,
      console: Console(
        detail: quiet ? .quiet : verbose ? .verbose : hostDetail, color: color ?? hostColor ?? .auto,
        avoidsColor: Environment.current["NO_COLOR"].map { !$0.isEmpty } ?? false),
      host: host)
  }

  private func folderPath(_ host: HostOptions) throws(Failure) -> String {
    var path = folder ?? host[.folder] ?? "schedule"
    while path.hasPrefix("./") { path.removeFirst(2) }
    while path.hasSuffix("/") { path.removeLast() }
    if let fault = ContentPath.fault(ofRelative: path) {
      throw .usage("--folder \"\(path)\" \(fault); it is relative to the repository's root")
    }
    return path
  }
}

struct ResolvedOptions {
  /// ` --folder …` for a command that somebody types next; nothing for the usual folder.
  var folderOption: String { folder == "schedule" ? "" : " --folder \(folder.quotedForShell)" }

  var repo: String
  var branch: String?
  var folder: String
  var state: String?
  /// Of commands that have no other form than text and JSON.
  var format: OutputFormat
  var report = ReportFormat.text
  var console: Console
  /// The options that only some commands ask for.
  var host: HostOptions
}
