import Schedule

/// Counts held against those that were committed.
struct InstructionCheck {
  /// One line a count.
  let text: String
  /// What has grown by more than a tenth, or is not there to compare with.
  let failures: [String]

  /// More than the noise of threads that meet in another order, less than anything that somebody would have to explain.
  private static let tolerance = 0.1

  init(_ counts: [String: Double], against file: String?) throws(BenchFailure) {
    let known = try file.map { file throws(BenchFailure) in try Self.read(file) }
    var (lines, failures): ([String], [String]) = ([], [])
    let width = counts.keys.map(\.count).max() ?? 0
    for (what, count) in counts.sorted(by: { $0.key < $1.key }) {
      let line = what + String(repeating: " ", count: width - what.count) + "  \(Amount.grouped(Int(count)))"
      guard let known, let file else {
        lines.append(line)
        continue
      }
      guard let before = known[what] else {
        failures.append("\(what): \(file) does not have it; renew that file")
        continue
      }
      lines.append("\(line), was \(Amount.grouped(Int(before)))")
      if count > before * (1 + Self.tolerance) {
        failures.append("\(what): \(Amount.digits((count / before - 1) * 100)) % more instructions than \(file) has")
      } else if count < before * (1 - Self.tolerance) {
        lines.append("  that is \(Amount.digits((1 - count / before) * 100)) % fewer: renew \(file)")
      }
    }
    for what in (known ?? [:]).keys.sorted() where counts[what] == nil { failures.append("\(what): is not counted any more") }
    text = lines.joined(separator: "\n") + "\n"
    self.failures = failures
  }

  static func json(_ counts: [String: Double]) -> JSON { .object(counts.mapValues { JSON(Int($0)) }) }

  private static func read(_ file: String) throws(BenchFailure) -> [String: Double] {
    do {
      guard case .object(let members) = try JSON.parse(Files.bytes(file)) else { throw BenchFailure("\(file) is no JSON object") }
      return members.compactMapValues { $0.int.map { Double($0) } }
    } catch let error as BenchFailure { throw error } catch { throw BenchFailure("\(file): \(error)") }
  }
}
