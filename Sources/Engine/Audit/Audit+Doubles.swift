import Git
import Schedule

extension Audit {
  /// Takes note of what two daemons have recorded, as long as nobody has looked: whoever removes the file has.
  mutating func judgeDoubles(_ changes: CommitChanges, _ commit: Commit, _ form: RecordForm?) throws {
    for path in changes.removed.keys where isDouble(path) { doubles[path] = nil }
    // That nobody else writes below status is said already.
    guard form != nil else { return }
    let written = changes.added.merging(changes.edited.mapValues(\.new)) { $1 }
    for (path, entry) in written where isDouble(path) {
      doubles[path] = violations([try doubleObjection(entry, at: path)], commit, path)
    }
  }

  private func doubleObjection(_ entry: TreeEntry, at path: String) throws -> Objection {
    do {
      return try read(entry) { json in
        let double = try DoubleRecord(json: json)
        guard path == "\(folder)/\(double.file)" else {
          return Objection(
            .statusName, "it is about another attempt than its file's name says", expected: "\(folder)/\(double.file)", found: path)
        }
        for side in ["kept", "dropped"] {
          if let fault = json.object?[side].flatMap({ sealObjection($0) }) { return fault }
        }
        return Objection(
          .historyDouble, "two daemons recorded attempt \(double.attempt.number) of \(double.id)", expected: double.sides.kept,
          found: double.sides.dropped)
      }
    } catch let error as Unreadable {
      return Objection(.statusUnreadable, "it is no double: \(error.why)")
    }
  }

  func isDouble(_ path: String) -> Bool { path.hasPrefix("\(folder)/\(DoubleRecord.folder)/") }
}
