import Git
import Schedule

/// How long claims held that have stood in the files of deliveries, as of a commit.
struct ClaimTermsSeen {
  var tip: ObjectID
  /// The end that the last one under a good seal gave; `.distantPast` where there was none.
  var ends: [DeliveryID: Instant]
  /// The claims, and folders of claims, that were looked at: what comes back is no news.
  var objects: Set<ObjectID>
}

// N1: whoever can push may write over a claim, or put an older one of its holder in its place. That ends nobody's term.
extension SourceRepository {
  /// Until when a claim that says that its term is over keeps its delivery nevertheless: that of the last one under a good seal that came into its
  /// place, which the branch's history has. One that comes back is no new one.
  ///
  /// All of the history is walked, once: what came after a claim was dated by whoever made it. Looked into are commits of the last hour, as a
  /// claim that may hold still was made in one.
  private func end(of claims: [ClaimRecord], at tip: ObjectID, for holder: ClaimHolder, now: Instant, in repository: borrowing Repository)
    throws
    -> [DeliveryID: Instant]
  {
    let ids = Set(claims.map(\.id))
    guard !ids.isEmpty else { return [:] }
    let known = claimTerms.flatMap { repository.contains($0.tip) && ids.isSubset(of: $0.ends.keys) ? $0 : nil }
    var ends = known?.ends ?? Dictionary(uniqueKeysWithValues: ids.map { ($0, .distantPast) })
    guard known?.tip != tip else { return ends }
    let paths = ids.map { (id: $0, path: "\(folder)/\(ClaimRecord.file(of: $0))") }
    var seen = known?.objects ?? []
    for id in try repository.commits(in: tip, notIn: known?.tip, limit: .max) {
      let commit = try repository.commit(id)
      guard commit.committer.time > (now - Self.recent).seconds else { continue }
      let folders = try repository.objects(at: ["\(folder)/\(ClaimRecord.folder)"], in: commit.tree)
      guard let folder = folders[0], seen.insert(folder).inserted else { continue }
      let blobs = try repository.objects(at: paths.map(\.path), in: commit.tree)
      for (place, blob) in zip(paths, blobs) {
        guard let blob, seen.insert(blob).inserted, case .claim(let found) = try claimFile(of: place.id, at: id, in: repository),
          !holder.isImpossible(found.record, now: now), found.record.validUntil > now - Self.recent + holder.validity,
          try seals.doubt(of: found, at: id, in: repository) == nil
        else { continue }
        ends[place.id] = found.record.validUntil
      }
    }
    claimTerms = ClaimTermsSeen(tip: tip, ends: ends, objects: seen)
    return ends
  }

  /// Claims with the ends that they have, whatever they say.
  func unshortened(
    _ claims: [ClaimRecord], at tip: ObjectID?, for holder: ClaimHolder, now: Instant, in repository: borrowing Repository
  ) throws -> [ClaimRecord] {
    let over = claims.filter { $0.validUntil + holder.patience < now }
    guard !over.isEmpty, let tip else { return claims }
    let ends = try end(of: over, at: tip, for: holder, now: now, in: repository)
    return claims.map { claim in
      var claim = claim
      claim.validUntil = max(claim.validUntil, ends[claim.id] ?? .distantPast)
      return claim
    }
  }

  /// What was made before is over; where it comes back, it is not known from when it is, but for its own word.
  private static let recent = Duration.seconds(3600)
}
