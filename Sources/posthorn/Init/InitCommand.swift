import ArgumentParser
import Git
import Glibc
import Schedule

/// `posthorn init`
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a content folder with an example, and CI workflows that check it.",
    discussion: """
      Nothing that is there is ever overwritten: what was left alone is said. Only the JSON Schemas for editors, which nobody writes by \
      hand, are made anew after an upgrade.
      """)

  @OptionGroup var common: CommonOptions
  @Option(help: "Whose CI workflows to write: github, gitlab or forgejo. (default: the remote's; all of them where there is none)")
  var forge: Starter.Forge?
  @Option(help: "The URL that the workflows get posthorn from. (default: what the CI variable POSTHORN_SOURCE says)")
  var source: String?

  func run() throws {
    let options = try common.resolved()
    if let source { try Self.check(source: source) }
    let root = try Self.root(options)
    let zones = try Zones.host()
    let zone = zones.ofHost
    let wall = zones.zone(zone)?.wallClock(at: .now + .seconds(7 * 86_400))
    let files = Starter(
      folder: options.folder, zone: zone, day: String((wall.map { "\($0)" } ?? "2036-11-27").prefix(10)),
      forge: forge ?? Self.forge(of: root), source: source)
    var left: [String] = []
    for file in files.all {
      switch try NewFile.write(file.text, to: "\(root)/\(file.path)") {
      case .written: options.console.result("wrote  \(file.path.printable)\n")
      case .present where file.isGenerated:
        guard try renew(file, in: root) else { continue }
        options.console.result("renewed \(file.path.printable)\n")
      case .present: left.append(file.path)
      }
    }
    for path in left { options.console.result("left   \(path.printable), which is there already\n") }
    if left.contains(Starter.gitLab) {
      options.console.result("\nTo check posts on GitLab, add these jobs to \(Starter.gitLab):\n\n\(files.gitLabJobs)")
    }
    options.console.result(Self.next(options, isRepository: NewFile.exists("\(root)/.git")))
    guard source == nil else { return }
    options.console.note(
      "\nthe workflows are skipped until the variable POSTHORN_SOURCE is set in the CI settings of the forge, to the URL that you got posthorn from;"
        + "\nposthorn init --source URL writes it into them instead"
    )
  }

  /// It stands in files that everybody reads, in quotes.
  private static func check(source: String) throws(Failure) {
    let url = RemoteURL(source)
    let isPlain = source.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"'\"\\\\${}`".utf8.contains($0) }
    guard isPlain, !url.isLocal, !source.hasPrefix("-"), url.shown == source else {
      throw .usage("--source is the URL of a repository, such as https://git.example.org/posthorn, without a password")
    }
  }

  /// Replaces what another version made; `false` where it is as this one makes it.
  private func renew(_ file: Starter.NewText, in root: String) throws(Failure) -> Bool {
    let path = "\(root)/\(file.path)"
    do throws(FileError) {
      guard try FileBytes.read(path, atMost: 1 << 20) != Array(file.text.utf8) else { return false }
    } catch { throw .couldNot("\(error)") }
    try NewFile.replace(path, with: file.text, mode: 0o644)
    return true
  }

  /// The root of the repository that the folder is in, or the folder itself.
  private static func root(_ options: ResolvedOptions) throws(Failure) -> String {
    guard RemoteURL(options.repo).isLocal else {
      throw .usage("\(options.repo) is a URL; clone it, and run posthorn init in the clone")
    }
    let path = RemoteURL(options.repo).path
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else { throw .couldNot("there is no folder \(path); make it first") }
    // Outside git the folder itself is the root: git init may come later.
    guard let found = try? Repository.discover(from: path), let repository = try? Repository(at: found) else { return path }
    guard let tree = repository.workTree else {
      throw .couldNot("\(path) is a bare repository, which has no files to write; clone it, and run posthorn init in the clone")
    }
    return tree.hasSuffix("/") ? String(tree.dropLast()) : tree
  }

  /// The forge that the repository is on, as far as its remote tells.
  private static func forge(of root: String) -> Starter.Forge? {
    // Outside git, and without a remote, nobody can tell.
    (try? Repository(at: root).mainRemote).flatMap { $0 }.flatMap { Starter.Forge(remote: RemoteURL($0)) }
  }

  private static func next(_ options: ResolvedOptions, isRepository: Bool) -> String {
    let start = isRepository ? "" : "git init && "
    return """

      Next:
        posthorn validate\(options.folderOption)
        \(start)git add -A && git commit -m "Add a schedule" \(isRepository ? "&& git push" : "")
        posthorn daemon\(options.folderOption)

      """.replacing(" \n", with: "\n")
  }
}
