import Git
import Logging
import Schedule
import StateDirectory

// Content says where records go, and anybody may change it: where they went before is looked for as well (N2).
extension Engine {
  /// Branches other than `branch` that records may lie on: those that this directory has recorded to, those that the commits which are being
  /// adopted name, and the one that records go to where none is named.
  func otherRecordBranches(than branch: String?, upTo tip: ObjectID, hasNewSettings: Bool) async throws -> [String] {
    let isUnknown = observed.anchors.adopted == nil
    var names = observed.anchors.branches.reversed().map(\.name)
    if isUnknown || hasNewSettings {
      names += try await content.namedBranches(upTo: tip, since: isUnknown ? nil : desired.commit ?? anchor)
    }
    let current = branch ?? repository.location.recordBranch
    var others: [String] = []
    for name in names + [repository.location.recordBranch] where name != current && !others.contains(name) { others.append(name) }
    return others
  }

  /// Notes where records may lie besides, and up to where they are known.
  func note(otherBranches others: [String], known: [String: ObjectID] = [:]) async throws {
    let noted = Dictionary(observed.anchors.branches.map { ($0.name, $0.known) }) { first, _ in first }
    let events = others.compactMap { name -> Event? in
      let commit = known[name]?.hex ?? noted[name] ?? nil
      return noted[name] == .some(commit) ? nil : .recordBranch(Anchors.RecordBranch(name, known: commit))
    }
    if !events.isEmpty { try await append(events) }
  }

  /// The newest commit of another branch up to which its records are known.
  func branchKnown(_ name: String) -> ObjectID? {
    (observed.anchors.branches.first { $0.name == name }?.known).flatMap(ObjectID.init(hex:))
  }

  /// Up to where the other branches are known once their records are taken in, or once records go elsewhere.
  func branchesKnown(_ past: SourceRepository.ToldPast?) -> [String: ObjectID] {
    if let past { return Dictionary(past.parts.map { ($0.branch, $0.tip) }) { first, _ in first } }
    guard let current = observed.anchors.branches.last?.name, let known = observed.historyKnown.flatMap(ObjectID.init(hex:)) else {
      return [:]
    }
    return [current: known]
  }

  /// For an hour from the start, and from each change of the settings.
  private var hearsElsewhere: Bool {
    if hearingElsewhereUntil == .distantPast { hearingElsewhereUntil = now() + .seconds(3600) }
    return claims.terms.areShared && now() < hearingElsewhereUntil
  }

  /// Takes in what others have recorded on the branches that records went to before: who has not seen yet that the settings changed goes on
  /// there for a while.
  func hearElsewhere() async throws {
    guard hearsElsewhere else { return }
    for branch in observed.anchors.branches.dropLast() {
      let known = branch.known.flatMap(ObjectID.init(hex:))
      let (records, tip) = try await repository.otherHistory(of: branch.name, since: known, now: now())
      guard let tip, !records.isEmpty else { continue }
      try await hear(records, doubts: { try await self.repository.otherDoubts(of: $0, on: branch.name, at: tip) })
      try await note(otherBranches: [branch.name], known: [branch.name: tip])
    }
  }
}
