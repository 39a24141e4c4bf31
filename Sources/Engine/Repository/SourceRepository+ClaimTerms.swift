import Git
import Schedule

/// The claims under a good seal that were made within the last hour, as of a commit: one that may hold still is among them.
struct SealedClaims {
  struct Sealed {
    var record: ClaimRecord
    var blob: ObjectID
  }

  var tip: ObjectID
  /// The last of each delivery that came into its place.
  var last: [DeliveryID: Sealed] = [:]
  /// By holder, the end that its last one gave: who takes the place of another, by a clock that is behind, does not shorten that one's term.
  var ends: [DeliveryID: [String: Instant]] = [:]
  /// Those that were looked at: one that comes back is no news.
  var seen: Set<ObjectID> = []
  /// Those that their holders, or whoever took over, have removed.
  var givenBack: Set<ObjectID> = []
}

// N1: whoever can push may write over a claim, put an older one of its holder in its place, or remove it. That ends nobody's term.
extension SourceRepository {
  /// All of the history is walked, once: what came after a claim was dated by whoever made it. Looked into are commits of the last hour.
  private func sealedClaims(at tip: ObjectID, for holder: ClaimHolder, now: Instant, in repository: borrowing Repository) throws
    -> SealedClaims
  {
    let known = sealedClaims.flatMap { repository.contains($0.tip) ? $0 : nil }
    guard known?.tip != tip else { return known ?? SealedClaims(tip: tip) }
    var claims = known ?? SealedClaims(tip: tip)
    claims.last = claims.last.filter { $0.value.record.validUntil > now - Self.recent }
    claims.ends = claims.ends.filter { claims.last[$0.key] != nil }
    for id in try repository.commits(in: tip, notIn: known?.tip, limit: .max) {
      let commit = try repository.commit(id)
      guard commit.committer.time > (now - Self.recent).seconds else { continue }
      claims.givenBack.formUnion(try givenBack(by: commit, in: repository))
      let parents = commit.parents.filter { repository.contains($0) }.map(Optional.some)
      for parent in parents.isEmpty ? [nil] : parents {
        try repository.changes(from: parent, to: id, under: "\(folder)/\(ClaimRecord.folder)", through: .anyFolders) { change in
          guard let entry = change.new, let delivery = ClaimRecord.delivery(ofFile: change.path.dropFirst(folder.utf8.count + 1)),
            claims.seen.insert(entry.id).inserted, case .claim(let found) = try claimFile(of: delivery, at: id, in: repository),
            !holder.isImpossible(found.record, now: now), found.record.validUntil > now - Self.recent + holder.validity,
            try seals.doubt(of: found, at: id, in: repository) == nil
          else { return }
          claims.last[delivery] = SealedClaims.Sealed(record: found.record, blob: entry.id)
          claims.ends[delivery, default: [:]]["\(found.record.incarnation) \(found.record.life ?? "")"] = found.record.validUntil
        }
      }
    }
    claims.tip = tip
    sealedClaims = claims
    return claims
  }

  /// The claims that a commit removes, in the words of whoever has a key that counts.
  private func givenBack(by commit: Commit, in repository: borrowing Repository) throws -> Set<ObjectID> {
    guard let word = GivenBack(message: commit.message), let parent = commit.parents.first, repository.contains(parent),
      try seals.fault(of: word.seal, over: GivenBack.message(of: word.claims), isOwn: false, at: parent, in: repository) == nil
    else { return [] }
    return Set(word.claims)
  }

  /// Claims with the ends that they have, whatever they say.
  func unshortened(
    _ claims: [ClaimRecord], at tip: ObjectID?, for holder: ClaimHolder, now: Instant, in repository: borrowing Repository
  ) throws -> [ClaimRecord] {
    guard let tip, claims.contains(where: { $0.validUntil + holder.patience < now }) else { return claims }
    let sealed = try sealedClaims(at: tip, for: holder, now: now, in: repository)
    return claims.map { claim in
      guard claim.validUntil + holder.patience < now, let end = sealed.ends[claim.id]?.values.max() else {
        return claim
      }
      var claim = claim
      claim.validUntil = max(claim.validUntil, end)
      return claim
    }
  }

  /// The claim of an attempt that somebody has removed who had no right to: neither its holder nor the record of its outcome did.
  func takenAway(
    from claim: Claim, own: Set<DeliveryID>, unless isUsed: Set<DeliveryID>, at tip: ObjectID?, for holder: ClaimHolder, now: Instant,
    in repository: borrowing Repository
  ) throws -> SealedClaims.Sealed? {
    guard let tip else { return nil }
    let sealed = try sealedClaims(at: tip, for: holder, now: now, in: repository)
    guard let last = sealed.last[claim.id], !sealed.givenBack.contains(last.blob), last.record.intent.attempt >= claim.intent.attempt,
      !holder.mayReplace(last.record, by: claim, own, isUsed)
    else { return nil }
    return last
  }

  /// What was made before is over; where it comes back, it is not known from when it is, but for its own word.
  private static let recent = Duration.seconds(3600)
}
