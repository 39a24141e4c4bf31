import Git
import Platforms
import Schedule

/// Says why the signature on a commit does not vouch for it; `nil` where it does.
///
/// - Parameters:
///   - payload: what was signed.
///   - signature: as it stands in the commit.
///   - time: when it was committed, in seconds since 1970.
public typealias VerifySignature = @Sendable (_ payload: [UInt8], _ signature: [UInt8], _ time: Int64) -> String?

/// Which commits have to be signed: those that were made where `policy.require_signed` stood, and that may schedule something.
struct SignaturePolicy {
  let folder: String
  let zones: Zones
  private var isRequired: [ObjectID: Bool] = [:]

  init(folder: String, zones: Zones) { (self.folder, self.zones) = (folder, zones) }

  /// The first commit that `new` has and `old` has not, and that nobody who may has signed.
  ///
  /// - Parameter old: where it is `nil`, those count that were made after signatures were asked for.
  mutating func firstFault(
    from old: ObjectID?, to new: ObjectID, in repository: borrowing Repository, verify: VerifySignature
  ) throws -> (commit: Commit, why: String)? {
    for id in try repository.commits(in: [new], notIn: old, limit: .max) {
      let commit = try repository.commit(id)
      if old == nil, try !applies(to: commit, in: repository) { continue }
      if let why = try fault(of: commit, in: repository, verify: verify) { return (commit, why) }
    }
    return nil
  }

  /// Whether signatures were asked for where the commit was made: taking the policy away needs a signature too.
  mutating func applies(to commit: Commit, in repository: borrowing Repository) throws -> Bool {
    for id in commit.parents + [commit.id] {
      if try asks(id, in: repository) { return true }
    }
    return false
  }

  /// Why a commit may not be believed.
  func fault(of commit: Commit, in repository: borrowing Repository, verify: VerifySignature) throws -> String? {
    if try schedulesNothing(commit, in: repository) { return nil }
    guard let signature = try repository.signature(of: commit.id) else { return "it is not signed" }
    return verify(signature.payload, signature.signature, commit.committer.time)
  }

  private mutating func asks(_ id: ObjectID, in repository: borrowing Repository) throws -> Bool {
    let tree = try repository.tree(of: id)
    for name in ["posthorn.yaml", "posthorn.yml"] {
      guard let entry = try repository.entry(at: "\(folder)/\(name)", in: tree) else { continue }
      if let known = isRequired[entry.id] { return known }
      guard entry.problem == nil, entry.kind != .folder, try repository.blobSize(entry.id) <= Audit.fileLimit else { return false }
      let file = ContentFile(path: "\(folder)/\(name)", bytes: try repository.blob(entry.id, limit: Audit.fileLimit))
      var ignored: [Diagnostic] = []
      let catalog = Catalog(settings: file, accounts: [], zones: zones, platforms: Shipped.schemas, diagnostics: &ignored)
      isRequired[entry.id] = catalog.settings.policy.requireSigned
      return catalog.settings.policy.requireSigned
    }
    return false
  }

  /// Whether a commit leaves everything as each of its parents had it, but for history and status: whoever made it, it asks for nothing.
  private func schedulesNothing(_ commit: Commit, in repository: borrowing Repository) throws -> Bool {
    guard !commit.parents.isEmpty else { return false }
    do {
      for parent in commit.parents {
        try repository.changes(from: parent, to: commit.id) { change in
          guard ContentPath.isBelow("\(folder)/history", change.path) || ContentPath.isBelow("\(folder)/status", change.path) else {
            throw Asks()
          }
        }
      }
      return true
    } catch is Asks {
      return false
    }
  }

  /// Something else was changed, so the comparison need not go on.
  private struct Asks: Error {}
}
