import ArgumentParser
import Glibc
import Platforms
import Schedule

/// `posthorn new`
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Write a post where it belongs, checked before it is written.",
    discussion: "On a terminal it asks for what is missing; in a script everything is a flag. A file that is there is never overwritten.")

  @OptionGroup var common: CommonOptions
  @Option(help: "The post's id, and the name of its file. (default: from the title)")
  var id: String?
  @Option(help: ArgumentHelp("An account that it goes to; may be given several times.", valueName: "name"))
  var account: [String] = []
  @Option(help: ArgumentHelp("When, on the clock of the zone: 2026-11-27T09:00.", valueName: "time"))
  var time: String?
  @Option(help: ArgumentHelp("The IANA zone. (default: the account's, or the settings')", valueName: "zone"))
  var timezone: String?
  @Option(help: "The title, where a platform has titles.")
  var title: String?
  @Option(help: "The text.")
  var caption: String?
  @Option(
    help: ArgumentHelp(
      "A file below the content folder, such as media/teaser.mp4, or a URL; may be given several times.", valueName: "path-or-url"))
  var media: [String] = []

  func run() throws {
    let options = try common.resolved()
    let tree = try WorkTree(at: options.repo, folder: options.folder)
    let zones = try Zones.host()
    let listing = try tree.listing()
    let host = ValidationHost(zones: zones, platforms: Shipped.schemas, now: .now, cores: 1)
    var ignored: [Diagnostic] = []
    let catalog = try Validation.catalog(listing, in: tree.files(isNew: { _, _ in true }), host, &ignored)
    let draft = try complete(catalog, zones)
    let path = "\(options.folder)/\(draft.file)"
    let bytes = Array(draft.text.utf8)
    var found = Self.check(bytes, at: path, catalog, now: host.now)
    found += try Self.duplicates(draft.id, at: path, listing, tree, catalog)
    let report = DiagnosticReport(options.console.color(on: .error))
    for diagnostic in found { Output.error.write(report.text(diagnostic, source: bytes)) }
    guard !found.contains(where: { $0.severity == .error }) else {
      throw Failure(status: .findings, description: "nothing was written: the post has the errors above")
    }
    guard try NewFile.write(draft.text, to: tree.absolute(path)) == .written else {
      throw Failure.couldNot("\(path) is there already and was left alone; choose another --id")
    }
    options.console.result("\(path.printable)\n")
    options.console.note("commit and push it to schedule it: git add \(path) && git commit -m \"Add \(draft.id)\" && git push")
  }

  private static func check(_ bytes: [UInt8], at path: String, _ catalog: Catalog, now: Instant) -> [Diagnostic] {
    var reader = ContentReader()
    return catalog.read(bytes, at: path, with: &reader, newAt: now).diagnostics
  }

  /// Ids are unique in the repository, whatever folder their files are in.
  private static func duplicates(
    _ id: String, at path: String, _ listing: ContentListing, _ tree: WorkTree, _ catalog: Catalog
  ) throws(Failure) -> [Diagnostic] {
    guard let id = PostID(id) else { return [] }
    var index = PostIndex()
    index.add(id, at: path)
    let read = try tree.files(isNew: { _, _ in false }).openReader()
    var reader = ContentReader()
    for other in listing.posts where other != path {
      try read(other) { bytes in
        if catalog.read(bytes, at: other, with: &reader).id == id { index.add(id, at: other) }
      }
    }
    return index.diagnostics().filter { $0.path == path }
  }

  /// What the flags say, and the answers of whoever sits at the terminal.
  private func complete(_ catalog: Catalog, _ zones: Zones) throws(Failure) -> PostText {
    let questions = Questions()
    let known = catalog.accounts.keys.map(\.text).sorted()
    var accounts = account
    if accounts.isEmpty {
      let answer = try questions.ask(
        "accounts", example: known.joined(separator: ", "), standard: known.count == 1 ? known[0] : nil, "--account")
      accounts = answer.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
    }
    var time = time ?? ""
    if time.isEmpty { time = try questions.ask("time", example: "2026-11-27T09:00", "--time") }
    let hasZone = catalog.settings.timezone != nil || accounts.allSatisfy { AccountName($0).flatMap(catalog.account)?.timezone != nil }
    var timezone = timezone
    if timezone == nil, !hasZone {
      timezone = try questions.ask("time zone", example: "an IANA name", standard: zones.ofHost, "--timezone")
    }
    var caption = caption
    if caption == nil, title == nil, media.isEmpty { caption = try questions.ask("text", example: "one line", "--caption") }
    return PostText(
      id: try chosenID(questions, caption), accounts: accounts, time: time, timezone: timezone, title: title, caption: caption,
      media: media.map { Media(source: .init($0)) }
    )
  }

  private func chosenID(_ questions: Questions, _ caption: String?) throws(Failure) -> String {
    if let id { return id }
    let suggestion = PostText.slug(title ?? caption ?? "")
    if title != nil, !suggestion.isEmpty { return suggestion }
    return try questions.ask("id", example: "launch-teaser", standard: suggestion, "--id")
  }
}

/// Asks on a terminal; elsewhere names the flag that is missing.
private struct Questions {
  func ask(_ what: String, example: String, standard: String? = nil, _ flag: String) throws(Failure) -> String {
    let standard = standard.flatMap { $0.isEmpty ? nil : $0 }
    guard isatty(STDIN_FILENO) == 1 else {
      throw .usage("\(flag) is missing (\(example.isEmpty ? what : example)); without a terminal nothing is asked")
    }
    while true {
      Output.error.write("\(what)\(example.isEmpty ? "" : " (\(example.printable))")\(standard.map { " [\($0)]" } ?? ""): ")
      guard let line = readLine() else { throw .usage("\(flag) is missing, and the input has ended") }
      let answer = line.trimmingSpaces
      if !answer.isEmpty { return answer }
      if let standard { return standard }
    }
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
