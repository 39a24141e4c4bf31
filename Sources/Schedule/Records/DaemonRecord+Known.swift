extension DaemonRecord {
  /// What a daemon makes of the record upstream. Anybody can push there: neither a record that is gone nor one that names this daemon ends the
  /// term of another one that it knows of, which begins when its own question came to stand there (N1).
  ///
  /// - Parameters:
  ///   - upstream: what the repository says; `nil` where it says nothing.
  ///   - known: the other one as this directory remembers it, with its own question at the time that it was put there; `nil` where there is none.
  /// - Returns: the record to act by, and to write anew where upstream has another one.
  public static func believed(_ upstream: DaemonRecord?, knowing known: DaemonRecord?, by party: Party) -> DaemonRecord? {
    guard var record = upstream, record.isOfAnother(than: party, knowing: known) else {
      guard var known else { return upstream }
      // Where the record names this daemon, whoever else reads it stops or asks: it says no less than the question did.
      if upstream.map({ !party.stands(for: $0.keeper) }) ?? true { known.asked = nil }
      return known
    }
    record.answersWithin = max(record.answersWithin, known?.answersWithin ?? shortestSilence)
    if let asked = record.asked, party.stands(for: asked.party) { record.asked = known?.asked }
    return record
  }

  /// What a directory remembers of it: another one, and when that one was asked from here.
  public func remembered(by party: Party, knowing known: DaemonRecord?) -> DaemonRecord? {
    guard isOfAnother(than: party, knowing: known) else { return known }
    var record = self
    if let asked, !party.stands(for: asked.party) { record.asked = nil }
    record.refused = nil
    return record
  }

  /// A directory that stood in this one's place is no other one, unless another one is known to publish: then only a forger says so.
  private func isOfAnother(than party: Party, knowing known: DaemonRecord?) -> Bool {
    !party.stands(for: keeper) && (known?.keeper == keeper || !party.hasPlace(of: keeper))
  }

  /// No daemon says less.
  public static let shortestSilence = Duration.seconds(90)
}
