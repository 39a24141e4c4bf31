import ArgumentParser
import Git
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
    let ids = try tree.ids(listing, catalog)
    var draft = try complete(PostQuestions(catalog: catalog, ids: ids, now: host.now))
    if NewFile.exists(tree.absolute("\(options.folder)/\(SchemaLine.file(.post))")) {
      draft.firstLine = SchemaLine.text(.post, of: draft.file)
    }
    let path = "\(options.folder)/\(draft.file)"
    let bytes = Array(draft.text.utf8)
    var found = Self.check(bytes, at: path, catalog, now: host.now)
    found += Self.duplicates(draft.id, at: path, ids)
    let report = DiagnosticReport(options.console.color(on: .error))
    for diagnostic in found { Output.error.write(report.text(diagnostic, source: bytes)) }
    guard !found.contains(where: { $0.severity == .error }) else {
      throw Failure(status: .findings, description: "nothing was written: the post has the errors above")
    }
    guard try NewFile.write(draft.text, to: tree.absolute(path)) == .written else {
      throw Failure.couldNot("\(path) is there already and was left alone; choose another --id")
    }
    options.console.result("\(path.printable)\n")
    options.console.note(
      "commit and push it to schedule it: git add \(path.quotedForShell) && git commit -m \"Add \(draft.id)\" && git push")
  }

  private static func check(_ bytes: [UInt8], at path: String, _ catalog: Catalog, now: Instant) -> [Diagnostic] {
    var reader = ContentReader()
    return catalog.read(bytes, at: path, with: &reader, newAt: now).diagnostics
  }

  /// Ids are unique in the repository, whatever folder their files are in.
  private static func duplicates(_ id: String, at path: String, _ ids: [PostID: String]) -> [Diagnostic] {
    guard let id = PostID(id), let other = ids[id], other != path else { return [] }
    var index = PostIndex()
    index.add(id, at: path)
    index.add(id, at: other)
    return index.diagnostics().filter { $0.path == path }
  }

  /// What the flags say, and the answers of whoever sits at the terminal.
  private func complete(_ questions: PostQuestions) throws(Failure) -> PostText {
    let accounts = account.isEmpty ? try questions.accounts() : account
    // The zone comes first, so that a time that its clocks skip is asked for again.
    var timezone = timezone
    if timezone == nil { timezone = try questions.timezone(of: accounts) }
    var time = time ?? ""
    if time.isEmpty { time = try questions.time(in: timezone, of: accounts) }
    var caption = caption
    if caption == nil, title == nil, media.isEmpty { caption = try questions.caption() }
    return PostText(
      id: try chosenID(questions, caption), accounts: accounts, time: time, timezone: timezone, title: title, caption: caption,
      media: media.map { Media(source: .init($0)) })
  }

  private func chosenID(_ questions: PostQuestions, _ caption: String?) throws(Failure) -> String {
    if let id { return id }
    let suggestion = PostText.slug(title ?? caption ?? "")
    if title != nil, !suggestion.isEmpty { return suggestion }
    return try questions.id(suggestion)
  }
}
