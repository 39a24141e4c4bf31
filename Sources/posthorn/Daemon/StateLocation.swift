import Engine
import Platforms
import StateDirectory

/// Where the state of a repository is kept.
enum StateLocation {
  /// `--state`, or a folder of the repository's own below `$XDG_STATE_HOME/posthorn`, whose name tells which it is.
  static func path(_ chosen: String?, for location: Location, folder: String) throws(Failure) -> String {
    if let chosen { return chosen.hasPrefix("/") ? chosen : "\(FileBytes.currentFolder)/\(chosen)" }
    guard let home = home() else { throw .usage("neither XDG_STATE_HOME nor HOME is set; name the state directory with --state") }
    let name = "\(location)".split(separator: "/").last.map { $0.hasSuffix(".git") ? $0.dropLast(4) : $0 } ?? "repository"
    let plain = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "-" }.prefix(40))
    let digest = ContentDigest.sha256(Array("\(location)\n\(location.branch)\n\(folder)".utf8)).prefix(12)
    return "\(home)/\(plain)-\(digest)"
  }

  static func home() -> String? {
    let environment = Environment.current
    let home =
      environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? environment["HOME"].map { "\($0)/.local/state" }
    return home.map { "\($0)/posthorn" }
  }

  /// A state directory that nothing was published from has nothing to say: where another host does, that is where to go.
  static func requirePast(_ options: ResolvedOptions, _ location: Location) throws(Failure) {
    let path = try path(options.state, for: location, folder: options.folder)
    guard !FileBytes.exists("\(path)/journal") else { return }
    // What cannot be read here is no reason to say less.
    let host = (try? RepositoryView(options)).flatMap { view in
      (try? view.records(folder: options.folder)).flatMap { $0 }.flatMap { commit in
        try? RecordFolder(at: commit, in: view.path, folder: options.folder, complain: { _ in }).daemonHost()
      }
    }
    throw .couldNot(
      "no daemon has published from \(path), so nothing can be changed there; "
        + (host.map { "\($0) publishes from this repository: run it on that host, or " } ?? "run it on the host that publishes, or ")
        + "name its state directory with --state")
  }

  static func open(_ path: String) throws(Failure) -> Folder {
    do { return try Folder(at: path) } catch { throw .couldNot("\(error)") }
  }
}
