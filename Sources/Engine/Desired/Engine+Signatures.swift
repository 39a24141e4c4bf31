import Git
import Schedule

extension Engine {
  /// Refuses what the signature policy does not let through: nothing of such a fetch is adopted, and the last good schedule stands.
  ///
  /// Every commit that is new is looked at, not the last one alone: an unsigned one behind a signed one schedules as much.
  func refuseUnverified(_ adoption: Adoption) async throws {
    let settings = [adoption.catalog?.settings, desired.catalog?.settings].compactMap(\.self)
    guard settings.contains(where: \.policy.requireSigned) else { return }
    let step = "adopt \(adoption.commit.hex.prefix(12))"
    guard let open = options.verifier else {
      throw GitError(
        step: step, reason: .unsupported,
        detail: "posthorn.yaml says policy.require_signed, and this host names nobody who may sign; "
          + "start it with --allowed-signers or --openpgp-keys; nothing new is scheduled until then")
    }
    let verify: VerifySignature
    do { verify = try open() } catch { throw GitError(step: step, reason: .invalid, detail: "\(error)") }
    guard let (commit, why) = try await content.unverified(from: desired.commit, to: adoption.commit, verify: verify) else { return }
    throw GitError(
      step: step, reason: .invalid,
      detail: "commit \(commit.id.hex.prefix(12)) by \(commit.committer.name) <\(commit.committer.email)> is not accepted, because "
        + "policy.require_signed holds: \(why); take it off the branch, or sign it (git commit --amend -S) and push, or add its key to "
        + "the files of --allowed-signers or --openpgp-keys; nothing new is scheduled until then")
  }
}

extension ContentSource {
  func unverified(from old: ObjectID?, to new: ObjectID, verify: VerifySignature) throws -> (commit: Commit, why: String)? {
    var policy = SignaturePolicy(folder: folder, zones: environment.zones)
    return try withRepository { try policy.firstFault(from: old, to: new, in: $0, verify: verify) }
  }
}
