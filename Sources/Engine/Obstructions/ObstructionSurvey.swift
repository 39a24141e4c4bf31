public import Git
public import Schedule

/// Looks through the records of one commit for what is none of ours: a folder where a file has to be, a file where a folder has to be, and
/// files that say nothing. It reads names, and of the files those that are read as a whole; what history files say is for ``Audit``.
public struct ObstructionSurvey {
  private let folder: String
  private let repository: RepositoryHandle
  private let tree: ObjectID
  /// The posts of the commit that is published from: what lies on the way to nobody's record is in nobody's way.
  private let posts: [String]
  private let ids: () throws -> Set<PostID>
  private var found: [String: Obstruction] = [:]

  /// - Parameters:
  ///   - posts: from the repository's root.
  ///   - ids: of the posts; asked only where something lies where the folder of one could be.
  public init(
    of path: String, at tip: ObjectID, folder: String, posts: [String], ids: @escaping () throws -> Set<PostID>
  ) throws(GitError) {
    (self.folder, self.posts, self.ids) = (folder, posts, ids)
    repository = RepositoryHandle(try Repository(at: path, content: folder))
    tree = try repository.repository.tree(of: tip)
  }

  /// Everything that is found, by path.
  public consuming func run() throws -> [Obstruction] {
    for place in ["status", "history"] {
      guard let root = try entry(place) else { continue }
      guard root.kind == .folder else {
        add(.inTheWay("\(folder)/\(place)", root.kind.text))
        continue
      }
      try repository.repository.walk(root.id, through: .anyFolders, limit: 20_000_000) { file, entry in
        if place == "status" { try lookAtStatus("status/\(file)", entry) } else { try lookAtHistory("history/\(file)", entry) }
      }
    }
    return found.values.sorted { $0.path < $1.path }
  }

  private func entry(_ place: String) throws -> TreeEntry? {
    try repository.repository.entry(at: "\(folder)/\(place)", in: tree, through: .anyFolders)
  }

  private mutating func add(_ obstruction: Obstruction) { if found[obstruction.path] == nil { found[obstruction.path] = obstruction } }

  // MARK: status

  /// - Parameter file: below the content folder.
  private mutating func lookAtStatus(_ file: String, _ entry: TreeEntry) throws {
    switch file {
    case ClaimingRecord.file: return try read(file, entry) { _ = try ClaimingRecord(json: $0) }
    case DaemonRecord.file: return try read(file, entry) { _ = try DaemonRecord(json: $0) }
    default: break
    }
    let parts = file.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2 {
      if Self.folders.contains(parts[1]) { add(.inTheWay("\(folder)/\(file)", entry.kind.text)) }
      return
    }
    let single = [ClaimingRecord.file, DaemonRecord.file].first { file.hasPrefix("\($0)/") }
    if let single { return add(.inTheWay("\(folder)/\(single)", "a folder")) }
    switch parts[1] {
    case "posts": try lookAtPostStatus(parts, entry)
    case "claims":
      try look(parts, entry, depth: 4, isRecord: { ClaimRecord.delivery(ofFile: $0) != nil }) { json, file in
        try ClaimRecord.file(of: ClaimRecord(json: json).id) == file
      }
    case "doubles":
      try look(parts, entry, depth: 4, isRecord: { DoubleRecord.attempt(ofFile: $0) != nil }) { try DoubleRecord(json: $0).file == $1 }
    case "keys":
      try look(parts, entry, depth: 3, isRecord: { KeyRecord.id(ofFile: $0) != nil }) { json, file in
        guard let known = KnownKey(json) else { throw Malformed("whoever wrote this key does not have it") }
        return KeyRecord.file(of: known.record.id) == file
      }
    case "accounts":
      try look(parts, entry, depth: 3, isRecord: { $0.hasSuffix(".json") }) { json, file in
        try AccountRecord.file(of: AccountRecord(json: json).account) == file
      }
    default: break
    }
  }

  private static let folders: Set<String> = ["posts", "claims", "doubles", "keys", "accounts"]

  /// A kind of record that lies at one depth.
  ///
  /// - Parameter isOfName: whether what a file says is what its name says.
  private mutating func look(
    _ parts: [String], _ entry: TreeEntry, depth: Int, isRecord: (String) -> Bool, isOfName: (JSON, String) throws -> Bool
  ) throws {
    let file = parts.prefix(depth).joined(separator: "/")
    if parts.count > depth {
      if isRecord(file) { add(.inTheWay("\(folder)/\(file)", "a folder")) }
    } else if parts.count < depth {
      if try isPost(parts[parts.count - 1]) { add(.inTheWay("\(folder)/\(file)", entry.kind.text)) }
    } else if isRecord(file) {
      try read(file, entry) { json in
        guard try isOfName(json, file) else { throw Malformed("it is about something else than its name says") }
      }
    }
  }

  private func isPost(_ name: String) throws -> Bool { try PostID(name).map { try ids().contains($0) } ?? false }

  /// What ends in `.json` is a file: folders of posts that are called so get another name here.
  private mutating func lookAtPostStatus(_ parts: [String], _ entry: TreeEntry) throws {
    let file = parts.joined(separator: "/")
    if let place = parts.indices.dropFirst(2).dropLast().first(where: { parts[$0].hasSuffix(".json") }) {
      return add(.inTheWay("\(folder)/\(parts[...place].joined(separator: "/"))", "a folder"))
    }
    if StatusRecord.post(ofFile: file) != nil {
      return try read(file, entry) { [folder] json in
        let post = ContentPath.inside(folder, try StatusRecord(json: json).path)
        guard StatusRecord.file(ofPost: post) == file || StatusRecord.earlierFile(ofPost: post) == file else {
          throw Malformed("it is about another post than its name says")
        }
      }
    }
    // Where some post's folder has to be.
    let isOnTheWay = posts.contains { post in
      StatusRecord.file(ofPost: ContentPath.inside(folder, post)).map { ContentPath.isBelow(file, $0) } ?? false
    }
    if isOnTheWay { add(.inTheWay("\(folder)/\(file)", entry.kind.text)) }
  }

  // MARK: history

  private mutating func lookAtHistory(_ file: String, _ entry: TreeEntry) throws {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let record = parts.prefix(6).joined(separator: "/")
    switch parts.count {
    case 7...: if HistoryRecord.attempt(ofFile: record) != nil { add(.inTheWay("\(folder)/\(record)", "a folder")) }
    case 6:
      if HistoryRecord.attempt(ofFile: file) != nil, entry.kind != .file, entry.kind != .executable {
        add(.inTheWay("\(folder)/\(file)", entry.kind.text))
      }
    default:
      let name = parts[parts.count - 1]
      let isFolderOfOurs = try parts.count == 5 ? isPost(name) : name.utf8.allSatisfy { (0x30...0x39).contains($0) }
      if isFolderOfOurs { add(.inTheWay("\(folder)/\(file)", entry.kind.text)) }
    }
  }

  // MARK: files

  private struct Malformed: Error, CustomStringConvertible {
    let description: String
    init(_ why: String) { description = why }
  }

  private mutating func read(_ file: String, _ entry: TreeEntry, _ read: (JSON) throws -> Void) throws {
    let path = "\(folder)/\(file)"
    guard entry.kind == .file || entry.kind == .executable else { return add(.inTheWay(path, entry.kind.text)) }
    do { try read(try JSON.parse(try repository.repository.blob(entry.id, limit: 1 << 20))) } catch let error as GitError
      where !error.isOfContent
    {
      throw error
    } catch { add(.unreadable(path, "\(error)")) }
  }
}

extension TreeEntry.Kind {
  /// What it is, where something else has to be.
  fileprivate var text: String {
    switch self {
    case .file, .executable: "a file"
    case .folder: "a folder"
    case .link: "a symbolic link"
    case .submodule: "a submodule"
    case .other(let mode): "of mode \(String(mode, radix: 8))"
    }
  }
}
