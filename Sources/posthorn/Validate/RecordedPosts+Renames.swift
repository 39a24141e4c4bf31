import Git
import Schedule

extension RecordedPosts {
  /// The findings on posts that a change asks for again under a new name. It costs what changed.
  ///
  /// - Parameters:
  ///   - old: the posts that the change takes away or edits, as they were: blobs by path.
  ///   - new: paths of the posts that it brings or edits.
  ///   - before: what the old ones were read against, where that is another catalog.
  func renames(
    from old: [String: ObjectID], to new: [String], in files: ContentFiles, _ catalog: Catalog, before: Catalog? = nil
  ) throws(Failure) -> [Diagnostic] {
    guard !old.isEmpty, !new.isEmpty else { return [] }
    let (records, _) = try records(of: Set(old.keys))
    guard !records.isEmpty else { return [] }
    let read = try files.openReader()
    var reader = ContentReader()
    var readings: [(reading: PostReading, bytes: [UInt8])] = []
    for path in new.sorted() { try read(path) { readings.append((catalog.read($0, at: path, with: &reader), Array($0))) } }
    let current = Dictionary(readings.compactMap { item in item.reading.post.map { ($0.id, $0) } }) { first, _ in first }
    var search = RenameSearch(earlierNames: before.map { catalog.earlierNames(since: $0) } ?? [:])
    var known: Set<PostID> = []
    for (path, bytes) in try blobs(old) {
      guard let words = reader.words(bytes, at: path, zones: catalog.zones) else { continue }
      known.insert(words.id)
      guard let record = records[words.id], current[words.id].map({ !$0.says(as: words, recorded: record) }) ?? true else { continue }
      let deliveries = (before ?? catalog).read(bytes, at: path, with: &reader).deliveries
      let instants = Dictionary(deliveries.map { ($0.id.account, $0.scheduledAt) }) { first, _ in first }
      search.add(words, text: bytes, recorded: record, instants: instants)
    }
    return readings.compactMap { reading, bytes in
      search.finding(of: reading, text: bytes, isNew: reading.id.map { !known.contains($0) } ?? false)
    }
  }

  /// The bytes of blobs, by path, in the order of the paths.
  private func blobs(_ blobs: [String: ObjectID]) throws(Failure) -> [(path: String, bytes: [UInt8])] {
    do throws(GitError) {
      let repository = try Repository(screened: path)
      var found: [(path: String, bytes: [UInt8])] = []
      for (path, blob) in blobs.sorted(by: { $0.key < $1.key }) {
        do throws(GitError) { found.append((path, try repository.blob(blob, limit: 1 << 20))) } catch {
          guard error.reason == .tooLarge else { throw error }  // what is too long is no post
        }
      }
      return found
    } catch { throw .couldNot(error.description) }
  }
}

extension Post {
  /// Whether it still goes where the old one went, and says the same there.
  fileprivate func says(as old: Post, recorded status: StatusRecord) -> Bool {
    status.deliveries.allSatisfy { accounts.contains($0.account) && Said(self, for: $0.account) == Said(old, for: $0.account) }
  }
}

extension ContentChanges {
  /// The posts that are gone or differ, as the base has them.
  func oldPosts(in folder: String) -> [String: ObjectID] {
    removed.merging(files.compactMapValues { $0 }) { first, _ in first }.filter { path, _ in
      if case .post = ContentPath.kind(of: ContentPath.inside(folder, path)) { true } else { false }
    }
  }
}

extension [Diagnostic] {
  /// What is told once: whoever is told that a post is an old one needs no other time for it.
  var withoutPastRenamed: [Diagnostic] {
    let renamed = Set(lazy.filter { $0.rule == .postRenamed }.map(\.path))
    return renamed.isEmpty ? self : filter { $0.rule != .timePast || !renamed.contains($0.path) }
  }
}
