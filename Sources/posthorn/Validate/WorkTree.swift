import Git
import Glibc
import Schedule

/// A folder on disk with the content folder below it: a work tree, or a plain folder.
struct WorkTree {
  /// Absolute, without links.
  let root: String
  let folder: String

  /// Finds the root: the folder above `path` that holds `.git`, or else the first one that holds `folder`.
  init(at path: String, folder: String) throws(Failure) {
    guard !path.contains("://") else {
      throw .couldNot("\(path) is a URL, and validate reads a work tree; clone it and name the clone with --repo")
    }
    guard let start = realPath(path) else {
      throw .couldNot("there is no folder \(path); name the repository with --repo")
    }
    guard !Self.isBare(path) else { throw .couldNot("\(path) is a bare repository, and this needs a work tree; name a clone with --repo") }
    let ancestors = Self.ancestors(of: start)
    guard
      let root = Surroundings.workTree(at: path) ?? ancestors.first(where: { exists("\($0)/.git") })
        ?? ancestors.first(where: { isFolder("\($0)/\(folder)") })
    else {
      throw .couldNot("no folder \(folder) in \(start); make one with posthorn init, or name another with --folder or --repo")
    }
    if let link = Self.link(onTheWayTo: folder, in: root) {
      throw .couldNot(
        "\(link) in \(root) is a symbolic link, which is not followed: git has the link and no file of what it leads to; put the folder itself there"
      )
    }
    guard isFolder("\(root)/\(folder)") else {
      throw .couldNot("no folder \(folder) in \(root); make one with posthorn init, or name another with --folder")
    }
    self.root = root
    self.folder = folder
  }

  /// Whether a path on this host is that of a git directory: there are no files beside it.
  static func isBare(_ path: String) -> Bool {
    guard let place = realPath(path), Surroundings.workTree(at: path) == nil else { return false }
    return isFolder("\(place)/objects") && isFolder("\(place)/refs") && exists("\(place)/HEAD")
  }

  private static func link(onTheWayTo folder: String, in root: String) -> String? {
    let parts = folder.split(separator: "/")
    return (1...max(1, parts.count)).lazy.map { parts.prefix($0).joined(separator: "/") }.first { mode("\(root)/\($0)") == S_IFLNK }
  }

  func absolute(_ path: String) -> String { "\(root)/\(path)" }

  /// All entries of the content folder.
  func listing() throws(Failure) -> ContentListing {
    var listing = ContentListing(folder: folder)
    try enterWay(of: &listing)
    try list(folder, into: &listing, except: IgnoredFiles(in: root, folder: folder))
    return listing
  }

  /// A folder on the way that may be gone into, and not read, has no names to compare.
  private func enterWay(of listing: inout ContentListing) throws(Failure) {
    try listing.enterWay { parent throws(Failure) in
      guard !parent.isEmpty else { return try names(in: ".").map(\.name) }
      return access(absolute(parent), R_OK) == 0 ? try names(in: parent).map(\.name) : []
    }
  }

  /// The settings, the accounts, and of the rest only what is at `places`.
  ///
  /// - Parameter entered: folders whose names are compared with each other.
  func listing(only places: Set<String>, entering entered: [String]) throws(Failure) -> ContentListing {
    var listing = ContentListing(folder: folder)
    try enterWay(of: &listing)
    for name in ["posthorn.yaml", "posthorn.yml"] where exists(absolute("\(folder)/\(name)")) {
      _ = listing.add("\(folder)/\(name)", kind("\(folder)/\(name)", UInt8(DT_UNKNOWN)))
    }
    if mode(absolute("\(folder)/accounts")) == S_IFDIR {
      let ignored = IgnoredFiles(in: root, folder: folder)
      ignored.enter(folder, try names(in: folder).lazy.map(\.name))
      if !ignored.contains("accounts", in: folder, isFolder: true) { try list("\(folder)/accounts", into: &listing, except: ignored) }
    }
    for path in entered where mode(absolute(path)) == S_IFDIR { listing.enter(path, names: try names(in: path).map(\.name)) }
    for path in places.sorted() where exists(absolute(path)) { _ = listing.add(path, kind(path, UInt8(DT_UNKNOWN))) }
    return listing
  }

  private func list(_ path: String, into listing: inout ContentListing, except ignored: IgnoredFiles) throws(Failure) {
    let names = try names(in: path)
    ignored.enter(path, names.lazy.map(\.name))
    listing.enter(path, names: names.map(\.name))
    for (name, type) in names {
      let inside = "\(path)/\(name)"
      let kind = kind(inside, type)
      guard !ignored.contains(name, in: path, isFolder: kind == .folder) else { continue }
      if listing.add(inside, kind) { try list(inside, into: &listing, except: ignored) }
    }
  }

  func names(in path: String) throws(Failure) -> [(name: String, type: UInt8)] {
    guard let stream = opendir(absolute(path)) else {
      throw .couldNot("cannot read the folder \(path): \(String(cString: strerror(errno))); check its permissions")
    }
    defer { closedir(stream) }
    var names: [(name: String, type: UInt8)] = []
    while let entry = readdir(stream) {
      let name = entry.name
      if name != "." && name != ".." { names.append((name, entry.pointee.d_type)) }
    }
    return names
  }

  private func kind(_ path: String, _ type: UInt8) -> EntryCheck.Kind {
    switch Int(type) {
    case Int(DT_REG): return .file
    case Int(DT_DIR): return exists("\(absolute(path))/.git") ? .submodule : .folder
    case Int(DT_LNK): return .symlink
    case Int(DT_UNKNOWN):
      // Some file systems do not say it in the folder.
      guard let mode = mode(absolute(path)) else { return .special }
      return mode == S_IFREG ? .file : mode == S_IFDIR ? .folder : mode == S_IFLNK ? .symlink : .special
    default: return .special
    }
  }

  /// The path from the root of what a person named on the command line, seen from the current folder or else from the root.
  func path(named argument: String) throws(Failure) -> String {
    let start = argument.hasPrefix("/") ? argument : "\(realPath(".") ?? root)/\(argument)"
    let candidates = [plain(start), plain("\(root)/\(argument)"), realPath(argument) ?? ""]
    guard let found = candidates.first(where: { ($0 == root || $0.hasPrefix(root + "/")) && exists($0) }) else {
      throw .usage("there is no file or folder \(argument) in \(root); name posts, or folders of posts")
    }
    let path = ContentPath.inside(root, found)
    guard path.isEmpty || path == folder || path.hasPrefix(folder + "/") || folder.hasPrefix(path + "/") else {
      throw .usage("\(argument) is not in \(folder)/, where the content is; name posts, or folders of posts")
    }
    return path
  }

  private static func ancestors(of path: String) -> [String] {
    var parts = path.split(separator: "/")
    var found: [String] = []
    while true {
      found.append("/" + parts.joined(separator: "/"))
      if parts.isEmpty { return found.map { $0 == "/" ? "" : $0 } }
      parts.removeLast()
    }
  }
}

/// `path` without `.`, `..` and doubled slashes, links not followed.
private func plain(_ path: String) -> String {
  var parts: [Substring] = []
  for part in path.split(separator: "/") where part != "." {
    if part == ".." { _ = parts.popLast() } else { parts.append(part) }
  }
  return "/" + parts.joined(separator: "/")
}

private func realPath(_ path: String) -> String? {
  guard let pointer = realpath(path, nil) else { return nil }
  defer { free(pointer) }
  return String(cString: pointer)
}

private func mode(_ path: String) -> mode_t? {
  var facts = stat()
  return lstat(path, &facts) == 0 ? facts.st_mode & S_IFMT : nil
}

private func exists(_ path: String) -> Bool { mode(path) != nil }

private func isFolder(_ path: String) -> Bool {
  var facts = stat()
  return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
}

extension UnsafeMutablePointer<dirent> {
  /// The entry's name.
  var name: String {
    pointer(to: \.d_name).map { String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self)) } ?? ""
  }

  /// The address of a field in place: an entry may be shorter than its type says, so it is never copied.
  private func pointer<Field>(to field: KeyPath<dirent, Field>) -> UnsafeMutableRawPointer? {
    MemoryLayout<dirent>.offset(of: field).map { UnsafeMutableRawPointer(self) + $0 }
  }
}
