import Schedule

/// V1 and V2: `posthorn validate`, a cold process over a work tree whose files are in the page cache.
struct ValidateRow: Row {
  let name = "V1"

  func run(_ stand: Stand) throws(BenchFailure) -> RowReport {
    let sizes = stand.sizes([100_000])
    var report = RowReport(name: name, title: "validate, beside PyYAML (C) + pydantic in 2 processes")
    for size in sizes {
      let library = try stand.stocks.library(size)
      report.facts.append(
        "\(library.posts) posts of \(library.meanSize) B, \(library.invalid.count) of them invalid, commit \(library.commit.prefix(12))")
      try measure(library, stand, &report)
    }
    return report
  }

  private func measure(_ library: Library, _ stand: Stand, _ report: inout RowReport) throws(BenchFailure) {
    let output = stand.folder.fresh("findings")
    var (ours, peer): ([Child.Exit], [Child.Exit]) = ([], [])
    let runs = stand.runs ?? 5
    for run in 1...runs {
      Progress.say("\(name): run \(run) of \(runs)")
      let exit = try Child([stand.product, "validate", "--repo", library.path, "--format", "json"], .init(output: output)).wait()
      report.failures += check("posthorn", exit, status: library.invalid.isEmpty ? 0 : 1, try Self.paths(output), library)
      ours.append(exit)
      guard let python = stand.peers.environment else { continue }
      let other = try Child([python, Peers.script("check_posts.py"), library.path, "2"], .init(output: output)).wait()
      report.failures += check("the peer", other, status: 0, try Self.paths(output), library)
      peer.append(other)
    }
    let (posts, other) = (Double(library.posts), "PyYAML + pydantic")
    // The row's own demand is for 100,000 posts; fewer are held to their share.
    report.figures += [
      Figure(
        "V1 wall", .seconds, ours.map(\.wall), peers: [(other, peer.map(\.wall))], .atMost(max(0.05, posts / 100_000)), size: library.posts),
      Figure(
        "V2 CPU a post", .seconds, ours.map { $0.processor / posts }, peers: [(other, peer.map { $0.processor / posts })], .atMost(22e-6),
        size: library.posts),
      Figure("largest process", .bytes, ours.map { Double($0.peak) }, peers: [(other, peer.map { Double($0.peak) })], size: library.posts),
    ]
  }

  private func check(_ who: String, _ exit: Child.Exit, status: Int32, _ found: Set<String>?, _ library: Library) -> [String] {
    guard let found else { return ["\(who) ended with \(exit.status) and printed no JSON array"] }
    var failures: [String] = []
    if exit.status != status { failures.append("\(who) ended with \(exit.status), not \(status)") }
    let (missed, wrong) = (library.invalid.subtracting(found), found.subtracting(library.invalid))
    if let example = missed.min() { failures.append("\(who) missed \(missed.count) invalid posts, such as \(example)") }
    if let example = wrong.min() { failures.append("\(who) refused \(wrong.count) valid files, such as \(example)") }
    return failures
  }

  /// The invalid files in what a validator printed: an array of paths, or of findings with `path` and `severity`.
  private static func paths(_ file: String) throws(BenchFailure) -> Set<String>? {
    // Anything else is reported as a failure.
    guard let items = (try? JSON.parse(Files.bytes(file), limits: .init(size: 1 << 26)))?.array else { return nil }
    return Set(items.filter { $0["severity"]?.string != "warning" }.compactMap { $0.string ?? $0["path"]?.string })
  }
}
