import Schedule

/// V3: what a pull request costs: `validate --since` and `plan` of a commit that changes one post, whole processes on a bare repository.
struct ChangeRow: Row {
  let name = "V3"

  func run(_ stand: Stand) throws(BenchFailure) -> RowReport {
    var report = RowReport(name: name, title: "validate --rev HEAD --since HEAD~1, and plan HEAD~1..HEAD: whole processes, bare repository")
    for size in stand.sizes([1_000_000]) {
      for change in stand.sizes == nil ? [1] : [1, 10, 100, 1000].filter({ $0 <= size / 2 }) {
        Progress.say("\(name): \(size) posts, \(change) changed")
        report.figures += try figures(size, change, stand, &report.failures)
      }
    }
    return report
  }

  private func figures(_ size: Int, _ change: Int, _ stand: Stand, _ failures: inout [String]) throws(BenchFailure) -> [Figure] {
    let home = try stand.stocks.newHome(size)
    let numbers = (0..<change).map { $0 * (size / 2 / change) * 2 + 1 }
    let next = try StockChange(of: numbers, edition: 1, onto: home.commit, at: home, stand)
    _ = try home.move(to: next.commit)
    let paths = Set(numbers.map { stand.stocks.post($0).path })
    let output = stand.folder.fresh("report")
    var (validated, planned): ([Child.Exit], [Child.Exit]) = ([], [])
    for _ in 0..<(stand.runs ?? 5) {
      let validate = ["validate", "--repo", home.repository, "--rev", "HEAD", "--since", "HEAD~1", "--format", "json"]
      validated.append(try Child([stand.product] + validate, .init(output: output)).wait())
      if try !Self.isEmptyArray(output) { failures.append("validate found something wrong with \(change) posts that are right") }
      let plan = ["plan", "HEAD~1..HEAD", "--repo", home.repository, "--format", "json"]
      planned.append(try Child([stand.product] + plan, .init(output: output)).wait())
      if try Self.changed(output) != paths { failures.append("plan did not name exactly the \(change) posts that changed") }
    }
    if (validated + planned).contains(where: { $0.status != 0 }) { failures.append("a command did not end with 0") }
    let limit: Figure.Target? = change == 1 ? .atMost(0.030) : nil
    return [
      Figure("V3 validate", .seconds, validated.map(\.wall), limit, size: size, change: change),
      Figure("V3 validate, CPU", .seconds, validated.map(\.processor), size: size, change: change),
      Figure("V3 plan", .seconds, planned.map(\.wall), limit, size: size, change: change),
      Figure("V3 plan, CPU", .seconds, planned.map(\.processor), size: size, change: change),
      Figure("V3 peak memory", .bytes, (validated + planned).map { Double($0.peak) }, size: size, change: change),
    ]
  }

  private static func isEmptyArray(_ file: String) throws(BenchFailure) -> Bool { try parsed(file).array?.isEmpty ?? false }

  private static func changed(_ file: String) throws(BenchFailure) -> Set<String> {
    Set((try parsed(file)["changes"]?.array ?? []).compactMap { $0["path"]?.string })
  }

  private static func parsed(_ file: String) throws(BenchFailure) -> JSON {
    do { return try JSON.parse(Files.bytes(file), limits: .init(size: 1 << 26)) } catch let error as BenchFailure { throw error } catch {
      throw BenchFailure("\(file): \(error)")
    }
  }
}
