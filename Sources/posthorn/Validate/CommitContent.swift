import Git
import Schedule

/// The content folder of one commit, read from the repository and nothing else.
struct CommitContent: Sendable {
  private(set) var listing: ContentListing
  /// By path from the repository's root.
  let blobs: [String: ObjectID]
  let path: String
  /// Objects that are not in the repository yet: those of a push that hooks still judge.
  let quarantine: String?
  /// The commit's tree, where media are looked for only once a post names them.
  let tree: ObjectID?
  /// Files that stand in the place of the tree's, or are taken out of it, by path.
  private(set) var overlay: [String: TreeEntry?] = [:]
  /// The files of what the last syncs of accounts saw, where they are asked for.
  var records: [AccountName: ObjectID] = [:]

  /// - Parameters:
  ///   - repo: a work tree or a bare repository; `rev` is in git's notation.
  ///   - overlay: files that stand in the place of the commit's, or that it is read without.
  init(
    _ rev: String, in repo: String, folder: String, quarantine: String? = nil, overlaid overlay: [String: TreeEntry?] = [:]
  ) throws(Failure) {
    (self.quarantine, tree, self.overlay) = (quarantine, nil, overlay)
    path = try Self.gitDirectory(of: repo)
    do throws(GitError) {
      let repository = try Repository(screened: path, content: folder, quarantine)
      let root = try repository.tree(of: repository.revision(rev))
      guard let entry = try repository.entry(at: folder, in: root), entry.kind == .folder else {
        throw GitError(step: "read commit \(rev)", reason: .notFound, detail: try Self.missing(folder, in: root, of: repository))
      }
      var reading = Reading(listing: ContentListing(folder: folder), overlay: overlay)
      reading.listing.enter(twins: try repository.twins(onTheWayTo: folder, in: root))
      try reading.read(entry.id, at: folder, in: repository)
      try reading.takeOverlay(in: repository) { _ in true }
      (listing, blobs) = (reading.listing, reading.blobs)
      records = try Self.records(in: entry.id, repository)
    } catch {
      throw Self.failure(error, rev)
    }
  }

  /// In the first minutes the folder is there, and in no commit that is read.
  private static func missing(_ folder: String, in root: ObjectID, of repository: borrowing Repository) throws(GitError) -> String {
    if let link = try repository.link(onTheWayTo: folder, in: root) {
      return "\(link) is a symbolic link, which is not followed; put the folder itself there"
    }
    guard let tree = repository.workTree, FileBytes.exists("\(tree)\(folder)") else {
      return "it has no folder \(folder); name another with --folder, or make one: posthorn init"
    }
    return "it has no folder \(folder) yet, but the work tree has one; commit and push it: git add \(folder.quotedForShell) && "
      + "git commit -m \"Add a schedule\" && git push"
  }

  /// Where the repository is that `--rev` reads.
  static func gitDirectory(of repo: String) throws(Failure) -> String {
    guard !repo.contains("://") else {
      throw .couldNot("\(repo) is a URL, and --rev reads a repository on this host; clone it and name the clone with --repo")
    }
    do throws(GitError) { return try Repository.discover(from: repo) } catch { throw failure(error, repo) }
  }

  /// The commit that `--rev` names.
  static func commit(_ rev: String, in path: String) throws(Failure) -> ObjectID {
    do throws(GitError) { return try Repository(screened: path).revision(rev) } catch { throw failure(error, rev) }
  }

  /// The settings, the accounts, and of the rest only what is at `places`: it costs what these are, however much else there is.
  ///
  /// A commit without the folder has no content.
  ///
  /// - Parameters:
  ///   - entered: folders whose names are compared with each other.
  ///   - overlay: files that stand in the place of the commit's, or that it is read without.
  init(
    _ commit: ObjectID, in path: String, folder: String, only places: some Sequence<String>, entering entered: some Sequence<String> = [],
    quarantine: String? = nil, overlaid overlay: [String: TreeEntry?] = [:]
  ) throws(Failure) {
    (self.path, self.quarantine, self.overlay) = (path, quarantine, overlay)
    do throws(GitError) {
      let repository = try Repository(screened: path, content: folder, quarantine)
      let root = try repository.tree(of: commit)
      var reading = Reading(listing: ContentListing(folder: folder), overlay: overlay)
      reading.listing.enter(twins: try repository.twins(onTheWayTo: folder, in: root))
      if let entry = try repository.entry(at: folder, in: root), entry.kind == .folder {
        for inside in try repository.entries(of: entry.id, at: folder) {
          try reading.take(inside, named: "\(folder)/\(inside.name)", in: repository) { ContentPath.inside(folder, $0) == "accounts" }
        }
        records = try Self.records(in: entry.id, repository)
      }
      for (path, entry) in try repository.entries(at: entered, in: root) where entry.kind == .folder {
        let name = String(decoding: path, as: UTF8.self)
        let names = try FolderNames(of: entry.id, in: repository)
        reading.listing.enter(name, names: (0..<names.count).map(names.name))
      }
      let inner = places.filter { ContentPath.inside(folder, $0).utf8.contains(UInt8(ascii: "/")) }
      for (path, entry) in try repository.entries(at: inner, in: root) {
        try reading.take(entry, named: String(decoding: path, as: UTF8.self), in: repository) { _ in false }
      }
      let wanted = Set(inner)
      try reading.takeOverlay(in: repository) { path in
        let inside = ContentPath.inside(folder, path)
        return wanted.contains(path) || !inside.utf8.contains(UInt8(ascii: "/")) || ContentPath.isBelow("accounts", inside)
      }
      (listing, blobs, tree) = (reading.listing, reading.blobs, root)
    } catch {
      throw Self.failure(error, commit.hex)
    }
  }

  /// Files that are in no commit yet, but whose blobs are in the repository at `path`: those of an index.
  init(_ files: [StagedFile], in path: String, folder: String, quarantine: String? = nil) {
    (self.path, self.quarantine, tree) = (path, quarantine, nil)
    var listing = ContentListing(folder: folder)
    var blobs: [String: ObjectID] = [:]
    var names: [String: Set<String>] = [:]
    let paths = files.map(\.path)
    listing.enterWay { parent in
      let inside = parent.isEmpty ? paths : paths.filter { ContentPath.isBelow(parent, $0) }.map { ContentPath.inside(parent, $0) }
      return inside.lazy.map { String(Substring($0.utf8.prefix { $0 != UInt8(ascii: "/") })) }
    }
    for file in files where file.kind == .link && (file.path == folder || ContentPath.isBelow(file.path, folder)) {
      listing.refuse(file.path, .symlink)
    }
    for file in files where ContentPath.isBelow(folder, file.path) {
      var parts = file.path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
      while parts.count > 1, let name = parts.popLast(), names[parts.joined(separator: "/"), default: []].insert(String(name)).inserted {}
      let inside = ContentPath.inside(folder, file.path)
      guard !ContentPath.isBelow("history", inside), !ContentPath.isBelow("status", inside) else { continue }
      _ = listing.add(file.path, EntryCheck.Kind(file.kind))
      if file.kind == .file || file.kind == .executable { blobs[file.path] = file.id }
    }
    for (path, names) in names where path == folder || ContentPath.isBelow(folder, path) { listing.enter(path, names: Array(names)) }
    (self.listing, self.blobs) = (listing, blobs)
  }

  /// The same, with some of its posts alone.
  func only(_ posts: Set<String>) -> CommitContent {
    var content = self
    content.listing = listing.only(posts)
    return content
  }

  private static func records(in folder: ObjectID, _ repository: borrowing Repository) throws(GitError) -> [AccountName: ObjectID] {
    var records: [AccountName: ObjectID] = [:]
    guard let accounts = try repository.entry(at: AccountRecord.folder, in: folder, through: .anyFolders), accounts.kind == .folder else {
      return [:]
    }
    for entry in try repository.entries(of: accounts.id) where entry.kind == .file && entry.name.hasSuffix(".json") {
      if let name = AccountName(entry.name.dropLast(".json".count)) { records[name] = entry.id }
    }
    return records
  }

  /// Whether a path is a file that was listed, or a folder with one in it.
  func holds(_ path: String) -> Bool {
    blobs[path] != nil || path.isEmpty || blobs.keys.contains { $0.hasPrefix(path + "/") }
  }

  /// What was committed is what is asked about: no post of it is newer than another.
  var files: ContentFiles {
    files(isNew: { _, _ in false })
  }

  /// - Parameter isNew: whether a post that is past its time was not there before.
  func files(isNew: @escaping @Sendable (String, PostID) -> Bool) -> ContentFiles {
    let (path, blobs, quarantine) = (path, blobs, quarantine)
    let shelf = Shelf(self)
    let packs = Packs(gitDirectory: path, borrowing: quarantine)
    return ContentFiles(
      openReader: { () throws(Failure) in
        let reader = BlobReader(packs) { () throws(GitError) in try Repository(screened: path, quarantine) }
        return { (file, body) throws(Failure) in try reader.read(blobs[file], named: file, body) }
      }, order: { paths in packs.order(of: paths.map { blobs[$0] }) }, media: MediaFolder(of: shelf), record: { shelf.record($0) },
      isNew: isNew)
  }

  fileprivate static func failure(_ error: GitError, _ what: String) -> Failure {
    switch error.reason {
    case .notFound where error.step.hasPrefix("find the commit"):
      .couldNot("there is no commit \(what); list them with: git log --oneline")
    default: .couldNot(error.description)
    }
  }

  private struct Reading {
    var listing: ContentListing
    var overlay: [String: TreeEntry?] = [:]
    var blobs: [String: ObjectID] = [:]

    mutating func read(_ tree: ObjectID, at path: String, in repository: borrowing Repository) throws(GitError) {
      let entries = try repository.entries(of: tree, at: path)
      listing.enter(path, names: entries.map(\.name))
      for entry in entries { try take(entry, named: "\(path)/\(entry.name)", in: repository) { _ in true } }
    }

    /// - Parameter isWanted: whether a folder at a path is gone into.
    mutating func take(
      _ entry: TreeEntry, named path: String, in repository: borrowing Repository, isWanted: (String) -> Bool
    ) throws(GitError) {
      guard overlay.isEmpty || overlay[path] == nil else { return }
      let kind = EntryCheck.Kind(entry.kind)
      if listing.add(path, kind), isWanted(path) { try read(entry.id, at: path, in: repository) }
      if kind == .file { blobs[path] = entry.id }
    }

    /// Takes what stands in the place of other files.
    mutating func takeOverlay(in repository: borrowing Repository, isWanted: (String) -> Bool) throws(GitError) {
      let files = overlay
      overlay = [:]
      for (path, entry) in files.sorted(by: { $0.key < $1.key }) where isWanted(path) {
        if let entry { try take(entry, named: path, in: repository) { _ in false } }
      }
    }
  }
}

extension Repository {
  /// The content folder, or one above it, where a link stands in its place.
  func link(onTheWayTo folder: String, in tree: ObjectID) throws(GitError) -> String? {
    let parts = folder.split(separator: "/")
    for count in parts.indices {
      let path = parts[...count].joined(separator: "/")
      if try entry(at: path, in: tree)?.kind == .link { return path }
    }
    return nil
  }

  /// - Parameter quarantine: objects that are not in the repository yet.
  init(screened path: String, content: String = "", _ quarantine: String?) throws(GitError) {
    let repository = try Repository(screened: path, content: content)
    if let quarantine { try repository.borrowObjects(from: quarantine) }
    self = repository
  }
}

extension BlobReader {
  fileprivate func read(_ id: ObjectID?, named path: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) throws(Failure) {
    guard let id else { throw .couldNot("\(path) is not in the commit") }
    let limit = 1024 * 1024
    do throws(GitError) { return try read(id, limit: limit, body) } catch {
      guard error.reason == .tooLarge else { throw CommitContent.failure(error, path) }
    }
    // A file that is too long is shown as one byte too long, and reported as that.
    [UInt8](repeating: 0x20, count: limit + 1).withUnsafeBufferPointer(body)
  }
}

extension EntryCheck.Kind {
  init(_ kind: TreeEntry.Kind) {
    self =
      switch kind {
      case .file, .executable: .file
      case .folder: .folder
      case .link: .symlink
      case .submodule: .submodule
      case .other: .special
      }
  }
}
