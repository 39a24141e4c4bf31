import ArgumentParser
import Git
import Glibc
import Schedule

/// `posthorn hooks …`
struct HooksCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hooks", abstract: "Have git check posts before they are committed or accepted, and wake the daemon after a push.",
    subcommands: [HooksInstall.self, HooksRun.self])
}

/// `posthorn hooks install`
struct HooksInstall: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Put the hooks into a repository; hooks of others are left alone.",
    discussion: """
      In a work tree: pre-commit, which checks exactly what is about to be committed. In a bare repository, and in another one with --server: \
      pre-receive, which refuses a push with invalid posts, and post-receive, which wakes the daemon.
      """)

  @OptionGroup var common: CommonOptions
  @Flag(help: "The hooks of a server, for a repository that is pushed to.")
  var server = false

  func run() throws {
    let options = try common.resolved()
    let (folder, hooks) = try place(options)
    var foreign: [HookName] = []
    for hook in hooks {
      let script = hook.script(program: Self.program, options: scriptOptions(hook, options))
      if try !Self.install(hook, script, in: folder, options.console) { foreign.append(hook) }
    }
    guard foreign.isEmpty else { throw chaining(foreign, in: folder, options) }
  }

  /// - Returns: `false` where somebody else's hook is in the way.
  private static func install(_ hook: HookName, _ script: String, in folder: String, _ console: Console) throws(Failure) -> Bool {
    let path = "\(folder)/\(hook.rawValue)"
    if try NewFile.write(script, to: path, mode: 0o755) == .written {
      console.result("installed \(path.printable)\n")
      return true
    }
    guard let bytes = try? FileBytes.read(path, atMost: 65_536) else { return false }  // What cannot be read is not ours.
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.contains("Made by posthorn"), text.contains(HookName.mark + hook.rawValue) else { return false }
    try NewFile.replace(path, with: script, mode: 0o755)
    console.result("\(text == script ? "kept" : "updated") \(path.printable)\n")
    return true
  }

  private func chaining(_ hooks: [HookName], in folder: String, _ options: ResolvedOptions) -> Failure {
    let lines = hooks.map {
      "\(folder)/\($0.rawValue) is there already and was left alone; to have both, add this line to it:\n" + line(of: $0, options)
    }
    return .couldNot(lines.joined(separator: "\n"))
  }

  /// What somebody adds to a hook of their own.
  private func line(of hook: HookName, _ options: ResolvedOptions) -> String {
    let words = [Self.program, "hooks", "run", hook.rawValue] + scriptOptions(hook, options)
    return "  \(words.map(\.quotedForShell).joined(separator: " "))" + (hook == .postReceive ? "" : " || exit 1")
      + (hook == .preReceive ? "    (it reads standard input, which each of the two needs whole)" : "")
  }

  /// The folder in which git runs this repository's hooks, and which of them it needs.
  private func place(_ options: ResolvedOptions) throws(Failure) -> (String, [HookName]) {
    let found: HooksFolder
    let hooks: [HookName]
    do throws(GitError) {
      let repository = try Repository(at: Repository.discover(from: RemoteURL(options.repo).path))
      hooks = HookName.wanted(isServer: server || repository.isBare)
      found = try repository.hooksFolder(ofServer: server || repository.isBare)
    } catch { throw RepositoryView.failure(error, options.repo) }
    switch found {
    case .own(let folder): return (folder, hooks)
    case .none(let setting, let usual):
      throw .couldNot(
        "git runs no hooks here, because of \(setting); give this repository its own with: git config core.hooksPath "
          + "\(usual.quotedForShell), and install again")
    case .shared(let folder, let setting, let usual):
      throw .couldNot(
        "git runs the hooks of all your repositories from \(folder), because of \(setting); give this one its own with: "
          + "git config core.hooksPath \(usual.quotedForShell), and install again, or add this to the shared ones:\n"
          + hooks.map { "\($0.rawValue):\n\(line(of: $0, options))" }.joined(separator: "\n"))
    }
  }

  /// What was chosen here holds for the hook as well.
  private func scriptOptions(_ hook: HookName, _ options: ResolvedOptions) -> [String] {
    var words: [String] = []
    if options.folder != "schedule" { words += ["--folder", options.folder] }
    if hook == .postReceive, let state = options.state {
      words += ["--state", state.hasPrefix("/") ? state : "\(FileBytes.currentFolder)/\(state)"]
    }
    return words
  }

  /// This program's own file: a hook's PATH is somebody else's.
  private static var program: String {
    guard let pointer = realpath("/proc/self/exe", nil) else { return "posthorn" }
    defer { free(pointer) }
    return String(cString: pointer)
  }
}
