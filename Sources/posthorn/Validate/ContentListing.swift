import Schedule

/// The files of a content folder by what they are, and what is wrong with their names and kinds. Nothing has been read yet.
struct ContentListing {
  /// From the repository's root.
  let folder: String
  private(set) var settings: String?
  private(set) var accounts: [String] = []
  private(set) var posts: [String] = []
  /// YAML in other places: perhaps somebody took one of them for the right one.
  private(set) var loose: [String] = []
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var index = PostIndex()

  init(folder: String) { self.folder = folder }

  /// Takes one entry below the folder.
  ///
  /// - Parameter path: from the repository's root.
  /// - Returns: whether a folder is worth going into.
  mutating func add(_ path: String, _ kind: EntryCheck.Kind) -> Bool {
    let inside = String(Substring(path.utf8.dropFirst(folder.utf8.count + 1)))
    // What Posthorn writes itself is many files, and nobody's mistake.
    if inside == "history" || inside == "status" { return false }
    // What nobody names is nobody's mistake; whoever names a link is told.
    if kind == .symlink, inside == "media" || ContentPath.isBelow("media", inside) { return false }
    if let diagnostic = EntryCheck.diagnostic(path, kind) {
      diagnostics.append(diagnostic)
      return false
    }
    guard kind == .file else { return true }
    switch ContentPath.kind(of: inside) {
    case .settings:
      if let settings { diagnostics.append(Settings.clash(of: max(settings, path), with: min(settings, path))) }
      settings = min(settings ?? path, path)
    case .account: accounts.append(path)
    case .post: posts.append(path)
    case .stray: diagnostics.append(EntryCheck.stray(path))
    case .other: if ContentPath.isYAML(inside), !ContentPath.isBelow("schemas", inside) { loose.append(path) }
    }
    return false
  }

  /// Takes what stands in the place of the folder, or of one above it.
  mutating func refuse(_ path: String, _ kind: EntryCheck.Kind) {
    if let diagnostic = EntryCheck.diagnostic(path, kind) { diagnostics.append(diagnostic) }
  }

  /// The same, with some of the posts alone.
  func only(_ chosen: Set<String>) -> ContentListing {
    var listing = self
    listing.posts = posts.filter(chosen.contains)
    return listing
  }

  /// Takes what stands beside the folder, or beside one on the way to it, under nearly its name.
  mutating func enter(twins: [(twin: String, folder: String)]) { diagnostics += twins.map { EntryCheck.twin($0.twin, of: $0.folder) } }

  /// Takes the names beside the folder, and beside each one on the way to it.
  ///
  /// - Parameter names: those in a folder; the root is the empty path.
  mutating func enterWay<Names: Sequence<String>, Trouble>(_ names: (_ parent: String) throws(Trouble) -> Names) throws(Trouble) {
    var parent = ""
    for part in folder.utf8.split(separator: UInt8(ascii: "/")).map({ String(Substring($0)) }) {
      let path = parent.isEmpty ? part : "\(parent)/\(part)"
      if let diagnostic = EntryCheck.twin(of: path, among: try names(parent)) { diagnostics.append(diagnostic) }
      parent = path
    }
  }

  /// Takes the names of all entries of one folder.
  mutating func enter(_ path: String, names: [String]) {
    if let diagnostic = EntryCheck.crowd(path, entries: names.count) { diagnostics.append(diagnostic) }
    index.add(names: names, in: path)
  }
}
