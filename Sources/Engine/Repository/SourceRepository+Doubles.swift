import Git
import Schedule

// What two daemons have recorded, as the repository has it.
extension SourceRepository {
  /// The file that tells of a double, where there is none yet: whoever was first there is not replaced.
  func edits(telling double: DoubleRecord, onto tip: ObjectID, in repository: borrowing Repository) throws -> [FileEdit] {
    let path = "\(folder)/\(double.file)"
    guard try repository.entry(at: path, in: repository.tree(of: tip), through: .anyFolders) == nil else { return [] }
    return [FileEdit(path: path, content: double.json.bytes())]
  }

  /// The attempts of which the newest commit that is known here tells.
  func doubles(branch: String?) throws -> Set<AttemptID> {
    choose(branch)
    let handle = try opened()
    return try handle.repository.reference(reference(of: recordBranch)).map { try doubles(at: $0, in: handle.repository) } ?? []
  }

  /// Removes what tells of a delivery's doubles: a person has looked.
  ///
  /// - Returns: how many there were.
  func removeDoubles(of id: DeliveryID, branch: String?, by person: String, host: String, now: Instant) async throws -> Int {
    choose(branch)
    let message =
      "\(id) was recorded twice: \(person) has looked\n\nPosthorn-Host: \(host.filter { $0.isASCII && !$0.isWhitespace })\n"
    var tries = 0
    while true {
      let (count, outcome) = try tended(now: now) { handle -> (Int, Advance) in
        if remote == nil { try handle.repository.waitForLock(of: reference(of: recordBranch)) }
        guard let tip = try newest(recordBranch, in: handle.repository) else { return (0, .done(nil)) }
        let found = try doubles(at: tip, in: handle.repository).filter { $0.delivery == id }
        let edits = found.map { FileEdit(path: "\(folder)/\(DoubleRecord.file(of: $0))", content: nil) }
        guard !edits.isEmpty else { return (0, .done(tip)) }
        return (found.count, try advance(recordBranch, from: tip, by: edits, message: message, host: host, now: now, in: handle.repository))
      }
      if case .done = outcome { return count }
      try await pauseAfterLostRace(&tries)
    }
  }

  private func doubles(at tip: ObjectID, in repository: borrowing Repository) throws -> Set<AttemptID> {
    let place = "\(folder)/\(DoubleRecord.folder)"
    guard let root = try repository.entry(at: place, in: repository.tree(of: tip), through: .anyFolders), root.kind == .folder else {
      return []
    }
    var found: Set<AttemptID> = []
    try repository.walk(root.id, through: .anyFolders, limit: Self.mostDoubles) { path, entry in
      guard entry.kind == .file, let attempt = DoubleRecord.attempt(ofFile: "\(DoubleRecord.folder)/\(path)") else { return }
      found.insert(attempt)
    }
    return found
  }

  /// Files and folders: a copy that doubled a backlog has some thousands.
  private static let mostDoubles = 200_000
}
