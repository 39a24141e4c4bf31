import Git
import Schedule

/// What the records say of posts: an edit of one that has gone out goes nowhere, and an instant that was recorded may be another one now.
struct RecordedPosts {
  let path: String
  let folder: String
  /// Trees that may have records; the first that knows a post counts.
  private var trees: [ObjectID] = []

  /// - Parameters:
  ///   - path: of the repository.
  ///   - commits: where records may be.
  ///
  /// - Returns: `nil` where nothing was recorded, or nobody can tell: then nothing went out as far as this clone knows.
  init?(in path: String, folder: String, at commits: [ObjectID?], complain: (String) -> Void) throws(Failure) {
    (self.path, self.folder) = (path, folder)
    let repository: Repository
    do throws(GitError) { repository = try Repository(screened: path, content: folder) } catch {
      guard [.notFound, .unsupported].contains(error.reason) else { throw .couldNot(error.description) }
      // Outside git nothing was recorded; in a repository of another kind nobody can tell here, and the files are what they are.
      if error.reason == .unsupported { complain("not compared with what went out: \(error)") }
      return nil
    }
    for case let commit? in commits {
      guard let tree = try? repository.tree(of: commit),
        let entry = try? repository.entry(at: "\(folder)/status/posts", in: tree, through: .anyFolders),
        entry.kind == .folder, !trees.contains(tree)
      else { continue }
      trees.append(tree)
    }
    if trees.isEmpty { return nil }
  }

  /// The warnings for posts that are still to come, and for those that a change touches.
  ///
  /// - Parameter pending: paths of those that are still to come.
  func edits(
    of validation: Validation, pending: [String], changes: ContentChanges?, in files: ContentFiles, now: Instant
  ) throws(Failure) -> [Diagnostic] {
    let changed = changes.map { changes in changes.files.keys.filter(isPost) } ?? []
    let removed = changes.map { changes in changes.removed.keys.filter(isPost) } ?? []
    let (records, owners) = try records(of: Set(pending + changed + removed))
    guard !records.isEmpty else { return [] }
    let read = try files.openReader()
    var reader = ContentReader()
    var found: [Diagnostic] = []
    for path in Set(changed).union(pending.filter(owners.contains)).sorted() {
      var reading: PostReading?
      var bytes: [UInt8] = []
      try read(path) {
        bytes = Array($0)
        reading = validation.catalog.read($0, at: path, with: &reader)
      }
      guard let reading, let record = reading.id.flatMap({ records[$0] }) else { continue }
      let isEdited = changes.map { self.isEdited(path, bytes, since: $0, known: record) } ?? false
      if let diagnostic = record.edit(of: reading, isEdited: isEdited, now: now) { found.append(diagnostic) }
      found += try zoneChanges(in: reading, since: record, tzdata: validation.catalog.zones.version)
    }
    return found
  }

  /// Where the recorded instant is not that of the file, the last attempt's record says whether its time or its zone has changed.
  private func zoneChanges(in reading: PostReading, since status: StatusRecord, tzdata: String) throws(Failure) -> [Diagnostic] {
    guard let scheduledAt = status.scheduledAt, !reading.deliveries.contains(where: { $0.scheduledAt == scheduledAt }) else { return [] }
    let files = status.deliveries.filter { $0.attempts > 0 }.map {
      let id = DeliveryID(post: status.post, account: $0.account)
      return "\(folder)/\(HistoryRecord.file(of: id, attempt: $0.attempts, scheduledAt: scheduledAt))"
    }
    do throws(GitError) {
      let repository = try Repository(screened: path)
      var found: [Diagnostic] = []
      for tree in trees where found.isEmpty {
        for entry in try repository.entries(at: files, in: tree).values where entry.kind == .file {
          // What is no record is told by posthorn audit.
          guard let record = try? HistoryRecord(json: JSON.parse(repository.blob(entry.id, limit: 1 << 20))) else { continue }
          found += record.zoneChange(in: reading, tzdata: tzdata).map { [$0] } ?? []
        }
      }
      return Array(found.prefix(1))
    } catch { throw .couldNot(error.description) }
  }

  /// Moving a file edits nothing.
  private func isEdited(_ path: String, _ bytes: [UInt8], since changes: ContentChanges, known record: StatusRecord) -> Bool {
    guard let entry = changes.files[path] else { return false }
    let old =
      entry ?? changes.removed.first { ContentFile.stem(of: $0.key) == record.post.text || $0.key.hasSuffix("/\(record.path)") }?.value
    guard entry == nil, let old, let repository = try? Repository(screened: self.path) else { return true }
    return (try? repository.blob(old, limit: 1 << 20)) != bytes  // One that cannot be read is taken for an edit.
  }

  private func isPost(_ path: String) -> Bool {
    if case .post = ContentPath.kind(of: ContentPath.inside(folder, path)) { true } else { false }
  }

  /// The status of the posts at these paths, and which of the paths have one.
  func records(of paths: Set<String>) throws(Failure) -> ([PostID: StatusRecord], Set<String>) {
    var names: [String: String] = [:]
    for path in paths {
      for name in StatusRecord.places(ofPost: path, in: folder) { names[name] = path }
    }
    var records: [PostID: StatusRecord] = [:]
    var owners: Set<String> = []
    do throws(GitError) {
      let repository = try Repository(screened: path)
      for tree in trees {
        for (name, entry) in try repository.entries(at: names.keys, in: tree) where entry.kind == .file {
          // What is no status is told by posthorn audit.
          guard let json = try? JSON.parse(repository.blob(entry.id, limit: 1 << 20)), let record = try? StatusRecord(json: json) else {
            continue
          }
          if records[record.post] == nil { records[record.post] = record }
          if let path = names[String(decoding: name, as: UTF8.self)] { owners.insert(path) }
        }
      }
    } catch { throw .couldNot(error.description) }
    return (records, owners)
  }
}
