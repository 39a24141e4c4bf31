import Git
import Schedule

extension Engine {
  /// Refuses what nobody who may has signed: nothing of such a fetch is adopted, and the last good schedule stands.
  ///
  /// Signing keys on the host ask for signatures by themselves: the repository can only ask for more, as what is to be verified cannot say
  /// whether it has to be (N2). Every commit that is new is looked at, not the last one alone: an unsigned one behind a signed one schedules
  /// as much.
  func refuseUnverified(_ adoption: Adoption) async throws {
    let step = "adopt \(adoption.commit.hex.prefix(12))"
    guard let open = options.verifier else {
      let asking = [adoption.catalog, desired.catalog].contains { $0?.settings.policy.requireSigned ?? false }
      guard asking || observed.anchors.adopted?.requiresSigned ?? false else { return }
      throw GitError(
        step: step, reason: .unsupported,
        detail: "policy.require_signed holds in posthorn.yaml, or did when it was adopted last, and this host names nobody who may sign; "
          + "start it with --allowed-signers or --openpgp-keys; nothing new is scheduled until then")
    }
    try refuseUndated(adoption, step)
    let verify: VerifySignature
    do { verify = try open() } catch { throw GitError(step: step, reason: .invalid, detail: "\(error)") }
    var start = desired.commit ?? anchor
    // Of a history that is gone nothing can be told apart from what is new.
    if let known = start, try await !content.holds(known) { start = nil }
    let fault = try await content.unsigned(
      from: start.map { .adopted($0) } ?? options.trustedFrom.map { .pinned($0) } ?? .signed, to: adoption.commit, now: now(),
      verify: verify)
    guard let fault else { return }
    let commit = fault.commit
    throw GitError(
      step: step, reason: .invalid,
      detail:
        "commit \(commit.id.hex.prefix(12)) by \(commit.committer.name) <\(commit.committer.email)> is not accepted, because this host names "
        + "who may sign: \(fault.why); take it off the branch, or sign it (git commit --amend -S) and push, or add its key to "
        + "the files of --allowed-signers or --openpgp-keys"
        + (start == nil ? ", or name a commit that is known to be good with --trust-from" : "")
        + "; nothing new is scheduled until then")
  }

  /// Refuses what is new while the clock is in doubt: by a clock that is behind, a key that was retired long ago may still sign (N3).
  private func refuseUndated(_ adoption: Adoption, _ step: String) throws {
    guard adoption.commit != desired.commit, !adoption.posts.isEmpty || adoption.catalog != nil,
      case .inDoubt(let doubt, _) = observeClock()
    else { return }
    throw GitError(
      step: step, reason: .unsupported,
      detail:
        "the clock of this host is in doubt, as \(doubt.text), and a signature counts as of now; nothing new is scheduled until a server "
        + "says what time it is, or somebody confirms the clock: posthorn resume --clock")
  }

  /// Refuses a branch without the commit that the host pins: a state directory that has adopted nothing has no other anchor.
  func refuseUnpinned(_ tip: ObjectID) async throws {
    guard let pinned = options.trustedFrom, desired.commit == nil, anchor == nil, try await !content.isAncestor(pinned, of: tip) else {
      return
    }
    throw GitError(
      step: "adopt \(tip.hex.prefix(12))", reason: .notFastForward,
      detail:
        "the branch does not contain \(pinned.hex.prefix(12)), which --trust-from names; push a branch that does, or name another commit")
  }
}

extension ContentSource {
  func unsigned(from start: SignaturePolicy.Start, to tip: ObjectID, now: Instant, verify: VerifySignature) throws -> SignaturePolicy.Fault?
  {
    var policy = SignaturePolicy(folder: folder, zones: environment.zones, now: now.seconds)
    return try withRepository { try policy.firstFault(from: start, to: tip, in: $0, verify: verify) }
  }
}
