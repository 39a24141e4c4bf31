import Git
import Schedule

// One status file a post, whatever is killed when: where a post lay is in the journal until a record has taken its file from there.
extension Engine {
  /// Notes where posts lay of which something was recorded, or may have been.
  func noteLeft(_ left: [PostID: String]) async throws {
    let events = left.filter { !observed.accounts(of: $0.key).isEmpty || observed.recordedHolds[$0.key] != nil }
      .map { Event.statusLeft($0, at: $1) }
    if !events.isEmpty { try await append(events) }
  }

  /// Has the status files go of posts that changed, where they do not lie any more.
  func findStrays(of posts: PostChanges) {
    if observed.statusesLeft.isEmpty { return }
    posts.present.forEach { findStrays(of: $0.id) }
  }

  /// What is nowhere keeps its status until it comes back elsewhere.
  func findStrays(of id: PostID) {
    guard let left = observed.statusesLeft[id], let place = desired.posts(of: id).first?.path else { return }
    if strayStatuses[place] == id { strayStatuses[place] = nil }
    for path in left where path != place { strayStatuses[path] = id }
    markDirty(id)
  }

  /// Learns where status files lie without their posts, as a state directory that is gone may have left them.
  func learnPlaces(at tip: ObjectID) async throws {
    let found = try await repository.statusesAstray(at: tip, from: desired)
    guard !found.isEmpty else { return }
    try await append(found.map { .statusLeft($0.post, at: $0.path) })
    for place in found { findStrays(of: place.post) }
  }
}

extension SourceRepository {
  /// Where status files lie of posts that are not there. It costs the names of all of them, and the text of those without a post.
  func statusesAstray(at tip: ObjectID, from desired: Desired) throws -> [RecordBatch.Place] {
    let handle = try opened()
    let tree = try handle.repository.tree(of: tip)
    let folder = "\(folder)/status/posts"
    guard let root = try handle.repository.entry(at: folder, in: tree, through: .anyFolders), root.kind == .folder else { return [] }
    var found: [RecordBatch.Place] = []
    try handle.repository.walk(root.id, through: .anyFolders, limit: Self.mostHistory) { name, entry in
      guard entry.kind == .file, let post = StatusRecord.post(ofFile: "status/posts/\(name)"), desired["\(self.folder)/\(post)"] == nil
      else { return }
      do {
        let record = try StatusRecord(json: JSON.parse(try handle.repository.blob(entry.id, limit: 1 << 20)))
        found.append(RecordBatch.Place(post: record.post, path: record.path))
      } catch let error as GitError where !error.isOfContent {
        throw error
      } catch {}  // what is no status is nobody's
    }
    return found
  }
}
