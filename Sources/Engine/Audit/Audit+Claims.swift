import Git
import Schedule

/// A claim, or a person's word on a burst, for which no key vouches.
struct UnsealedFile {
  var entry: TreeEntry
  var commit: Commit
  var objection: Objection
}

extension Audit {
  /// Looks at who wrote claims, which are named only while they stand, and a person's word on a burst.
  mutating func judgeWords(_ changes: CommitChanges, _ commit: Commit) throws {
    let written = changes.added.merging(changes.edited.mapValues(\.new)) { $1 }
    for (path, entry) in written.sorted(by: { $0.key < $1.key }) {
      let isClaim = ClaimRecord.delivery(ofFile: ContentPath.inside(folder, path)) != nil
      guard isClaim || path == "\(folder)/\(BurstWord.file)" else { continue }
      let objection: Objection?
      do {
        objection = try read(entry) { json in
          if isClaim { _ = try ClaimRecord(json: json) } else { _ = try BurstWord(json: json) }
          return sealObjection(json, isWord: !isClaim)
        }
      } catch let error as Unreadable {
        objection = Objection(.statusUnreadable, "it is no \(isClaim ? "claim" : "word on a burst"): \(error.why)")
      }
      guard isClaim else {
        object([objection].compactMap(\.self), commit, path)
        continue
      }
      unsealedClaims[path] = objection.map { UnsealedFile(entry: entry, commit: commit, objection: $0) }
    }
  }

  /// Names the claims that nobody vouches for and that stand at the end: each keeps its delivery until its term has passed.
  mutating func judgeStandingClaims() throws {
    for (path, claim) in unsealedClaims.sorted(by: { $0.key < $1.key }) {
      let stands = try tips.contains { try handle.repository.objects(at: [path], in: handle.repository.tree(of: $0)) == [claim.entry.id] }
      if stands { object([claim.objection], claim.commit, path) }
    }
  }
}
