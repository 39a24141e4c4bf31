import Git
import Schedule

extension Audit {
  /// Judges the status files that one record commit wrote or removed, after its history files.
  mutating func judge(statuses: [String: TreeEntry], removed: [String], of commit: Commit, _ form: RecordForm) throws {
    for (path, entry) in statuses.sorted(by: { $0.key < $1.key }) where ContentPath.isBelow("\(folder)/status/posts", path) {
      report.statuses += 1
      do {
        object(try objections(to: try read(entry) { try StatusRecord(json: $0) }, at: path, form), commit, path)
      } catch let error as Unreadable {
        object([Objection(.statusUnreadable, "it is no status: \(error.why)")], commit, path)
      }
    }
    // Only the status of a post that lies elsewhere now goes away.
    for path in removed.sorted() {
      guard let post = try form.source.flatMap({ try post(ofStatus: path, at: $0) }) else { continue }
      object([Objection(.statusRemoved, "the status of a post that is still there was removed", expected: post)], commit, path)
    }
  }

  private func objections(to status: StatusRecord, at path: String, _ form: RecordForm) throws -> [Objection] {
    let post = ContentPath.inside(folder, status.path)
    let file = StatusRecord.file(ofPost: post).map { "\(folder)/\($0)" }
    let earlier = StatusRecord.earlierFile(ofPost: post).map { "\(folder)/\($0)" }
    guard ContentPath.isBelow(folder, status.path), file == path || earlier == path else {
      return [Objection(.statusName, "it is about another post than its file's name says", expected: file ?? "a post", found: path)]
    }
    guard survey.posts.contains(status.path) else {
      return [Objection(.statusPost, "there never was a post at \(status.path)", found: status.post.text)]
    }
    if let id = try form.source.flatMap({ try id(ofPost: status.path, at: $0) }), id != status.post {
      return [Objection(.statusPost, "the post at \(status.path) has another id", expected: id.text, found: status.post.text)]
    }
    return ledger.objections(to: status)
  }

  /// The post whose status file `path` would be, where the commit has it.
  private func post(ofStatus path: String, at commit: ObjectID) throws -> String? {
    guard survey.content.contains(commit), let post = StatusRecord.post(ofFile: ContentPath.inside(folder, path)) else { return nil }
    let file = "\(folder)/\(post)"
    return try handle.repository.entry(at: file, in: handle.repository.tree(of: commit), remembering: folders) == nil ? nil : file
  }

  /// The id of the post at `path`; `nil` where there is none at that commit, or it cannot be told.
  private func id(ofPost path: String, at commit: ObjectID) throws -> PostID? {
    guard survey.content.contains(commit),
      let entry = try handle.repository.entry(at: path, in: handle.repository.tree(of: commit), remembering: folders),
      entry.problem == nil, entry.kind != .folder, try handle.repository.blobSize(entry.id) <= Self.fileLimit
    else { return nil }
    var reader = ContentReader()
    let request = reader.request(try handle.repository.blob(entry.id, limit: Self.fileLimit), at: path, zones: zones)
    return request.flatMap { $0.isCertain ? $0.id : nil }
  }
}
