import Git
import Platforms
import Schedule

/// What reading content needs to know of the host.
struct ContentEnvironment: Sendable {
  var zones: Zones
  var platforms: [PlatformSchema]
}

extension ContentSource {
  /// Settings and accounts at a commit; what is wrong in them was said when it was adopted.
  func catalog(at commit: ObjectID) throws -> Catalog {
    var ignored: [Diagnostic] = []
    return try withRepository { try catalog(at: commit, in: $0, diagnostics: &ignored) }
  }

  /// Settings and accounts at a commit.
  func catalog(at tip: ObjectID, in repository: borrowing Repository, diagnostics: inout [Diagnostic]) throws -> Catalog {
    var settings: ContentFile?
    var accounts: [ContentFile] = []
    let tree = try repository.tree(of: tip)
    for name in ["posthorn.yaml", "posthorn.yml"] where settings == nil {
      // One that is a link or worse is no file: it is named among the problems of the adoption, and the defaults hold.
      guard let entry = try repository.entry(at: "\(folder)/\(name)", in: tree), entry.problem == nil, entry.kind != .folder else {
        continue
      }
      settings = try file("\(folder)/\(name)", entry, repository)
    }
    if try repository.entry(at: "\(folder)/accounts", in: tree) != nil {
      try repository.walk(tree, under: "\(folder)/accounts") { path, entry in
        guard case .account = ContentPath.kind(of: ContentPath.inside(folder, path)), entry.problem == nil else { return }
        accounts.append(try file(path, entry, repository))
      }
    }
    return Catalog(
      settings: settings, accounts: accounts, zones: environment.zones, platforms: environment.platforms, diagnostics: &diagnostics)
  }

  /// One post as a commit has it.
  func post(
    at path: String, _ file: FolderChanges.PostFile, tip: ObjectID, base: Desired, _ catalog: Catalog, _ repository: borrowing Repository,
    _ diagnostics: inout [Diagnostic]
  ) throws -> DesiredPost? {
    switch file {
    case .unsound(let blob, let found):
      guard let id = base[path]?.id ?? PostID(stem(of: path)) else { return nil }
      return DesiredPost(path: path, id: id, blob: blob, source: tip, deliveries: [], blocked: [], problem: found.reason)
    case .sound(let blob):
      // A post that did not change keeps the commit that it was first seen at.
      let source = base[path].flatMap { $0.blob == blob ? $0.source : nil } ?? tip
      let bytes = try bounded(blob, repository)
      let reading = catalog.read(bytes, at: path, with: &reader)
      diagnostics += reading.diagnostics
      guard let id = identity(of: reading, before: base[path]) else { return nil }
      return DesiredPost(
        path: path, id: id, blob: blob, source: source,
        deliveries: reading.deliveries.map { delivery($0, in: catalog) },
        blocked: reading.post == nil ? reading.accounts : reading.blocked,
        problem: reading.post == nil ? reading.diagnostics.first { $0.severity == .error }.map(reason(of:)) : nil)
    }
  }

  /// A file that cannot be read any more and does not say who it is keeps the identity that it had: its deliveries are held, not cancelled.
  private func identity(of reading: PostReading, before: DesiredPost?) -> PostID? {
    guard reading.post == nil, let before, reading.id == nil || !reading.namesItself else { return reading.id }
    return before.id
  }

  private func delivery(_ planned: PlannedDelivery, in catalog: Catalog) -> DesiredDelivery {
    var suspension: Suspended?
    if case .suspended(let reason, let until) = planned.hold { suspension = Suspended(reason: reason, until: until) }
    return DesiredDelivery(
      account: planned.id.account, platform: catalog.account(planned.id.account)?.platform ?? "", scheduledAt: planned.scheduledAt,
      timezone: planned.timezone, grace: planned.grace, suspension: suspension)
  }

  private func reason(of diagnostic: Diagnostic) -> String {
    "\(diagnostic.path):\(diagnostic.line):\(diagnostic.column): \(diagnostic.message) [\(diagnostic.rule.rawValue)]"
  }

  private func file(_ path: String, _ entry: TreeEntry, _ repository: borrowing Repository) throws -> ContentFile {
    ContentFile(path: path, bytes: try bounded(entry.id, repository))
  }

  /// A file's bytes; of one beyond the limit just enough for the reader to refuse it by its own rule.
  private func bounded(_ blob: ObjectID, _ repository: borrowing Repository) throws -> [UInt8] {
    let limit = 1 << 20
    let size = try repository.blobSize(blob)
    guard size <= limit else { return [UInt8](repeating: 0x20, count: limit + 1) }
    postBytes += size
    guard postBytes <= Self.mostPostBytes else {
      throw GitError(
        step: "read the posts of \(folder)", reason: .tooLarge,
        detail: "what changed has more than \(Self.mostPostBytes >> 20) MiB; push it in smaller parts, and keep media out of posts")
    }
    return try repository.blob(blob, limit: limit)
  }

  /// What one pass reads at most; section 5 of the reliability rules.
  private static let mostPostBytes = 512 << 20

  private func stem(of path: String) -> Substring {
    let name = path.split(separator: "/").last ?? ""
    return name.lastIndex(of: ".").map { name[..<$0] } ?? name
  }
}
