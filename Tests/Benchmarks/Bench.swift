import ArgumentParser
import Glibc
import Schedule

/// Measures the product beside what a user would pick instead, in one run on one machine, and checks that both did the work.
///
///     swift run -c release posthorn-bench --peers install    all rows; the peers' libraries come from PyPI, once
///     swift run -c release posthorn-bench --row V1           one row; V1 has V2 too, L2 and D1 have D2
///     swift run -c release posthorn-bench --row V1 --posts 10000 --runs 3 --json v1.json
///     swift run -c release posthorn-bench --growth plots --sizes 1000,10000,100000
///     swift run -c release posthorn-bench --endurance 100000 --minutes 10 --plots plots
///     swift run -c release posthorn-bench --instructions --check Tests/Benchmarks/instructions.json
///
/// The product is built first, as it is shipped (release, static), into `.build-bench`. Everything else is made in a temporary folder:
/// name one on the disk that is to be measured with `--folder`. Repositories come from a seed: the same seed gives the same commit.
///
/// The table has medians (least..greatest), and how many times better ours is than the peer's. Quote the ratio: the rest depends on the
/// machine, and on what else it does. A row whose results are wrong prints FAILED and no figures, and the status is 1.
///
/// Figures to reach and their reasons are the project's; rows are in `Rows`, peers in `Peers`. Nothing here is shipped.
@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "posthorn-bench", abstract: "Measure posthorn beside what a user would pick instead.")

  @Option(help: ArgumentHelp("Only this row, such as V1; may be given several times.", valueName: "name"))
  var row: [RowName] = []
  @Option(help: "Posts in the rows that are named; each has its own number otherwise.")
  var posts: Int?
  @Option(help: "Runs of each row; each has its own number otherwise.")
  var runs: Int?
  @Option(help: ArgumentHelp("Write everything to this file too.", valueName: "file"))
  var json: String?
  @Option(help: ArgumentHelp("Measure each row that may grow at several sizes, and plot it into this folder.", valueName: "folder"))
  var growth: String?
  @Option(help: ArgumentHelp("The sizes, in posts. (default: 1000,10000,100000,1000000)", valueName: "numbers"))
  var sizes: String?
  @Option(
    help: ArgumentHelp("Measure one daemon's long life instead: so many deliveries, 10000 for a short one.", valueName: "deliveries"))
  var endurance: Int?
  @Option(help: "Minutes after which such a life is over in any case.")
  var minutes = 60
  @Option(help: ArgumentHelp("Plot such a life into this folder.", valueName: "folder"))
  var plots: String?
  @Flag(help: "Count instructions instead: what a change costs, on however busy a machine. It needs valgrind.")
  var instructions = false
  @Option(help: ArgumentHelp("Fail where more than a tenth more instructions are needed than this file has.", valueName: "file"))
  var check: String?
  @Option(help: ArgumentHelp("Peers: use, install or none.", valueName: "what"))
  var peers: Peers.Choice = .use
  @Option(help: "Where the repositories come from.")
  var seed: UInt64 = 1
  @Option(help: ArgumentHelp("Measure this program instead of building one.", valueName: "file"))
  var product: String?
  @Option(help: ArgumentHelp("Where the temporary folder is made.", valueName: "folder"))
  var folder = "/tmp"
  @Flag(help: "Leave the temporary folder.")
  var keep = false

  func validate() throws {
    if posts != nil, row.isEmpty { throw ValidationError("--posts means another thing in each row; name the rows with --row") }
    if let posts, !(1...1_000_000).contains(posts) { throw ValidationError("--posts is 1 to 1000000") }
    if let runs, !(1...1000).contains(runs) { throw ValidationError("--runs is 1 to 1000") }
    if sizes != nil, growth == nil { throw ValidationError("--sizes is for --growth") }
    if let endurance, !(1000...10_000_000).contains(endurance) { throw ValidationError("--endurance is 1000 to 10000000") }
    if check != nil, !instructions { throw ValidationError("--check is for --instructions") }
    if growth != nil, posts != nil { throw ValidationError("--growth has --sizes instead of --posts") }
    _ = try growthSizes()
  }

  func run() throws {
    let folder = try TemporaryFolder(in: folder, isKept: keep)
    defer { if keep { write("left in \(folder.path)\n") } }
    let product = try product ?? Product.build(in: folder)
    let peers = try Peers(instructions || endurance != nil ? .none : peers, in: folder)
    let stand = Stand(
      product: product, peers: peers, folder: folder, stocks: Stocks(seed: seed, product: product, in: folder), seed: seed, runs: runs,
      posts: posts, sizes: growth == nil ? nil : try growthSizes())
    if instructions { return try countInstructions(stand) }
    if let endurance { return try endure(endurance, stand) }
    let machine = try Machine(product, peers, folder)
    write(machine.text)
    let reports = try measure(stand)
    write("\nload average at the end: \(try Machine.load())\n")
    if let json { try Files.write(JSONReport.json(machine, reports).text(), to: json, mode: 0o644) }
    if reports.contains(where: { !$0.failures.isEmpty }) { throw ExitCode.failure }
  }

  private func measure(_ stand: Stand) throws -> [RowReport] {
    var reports: [RowReport] = []
    for name in row.isEmpty ? growth == nil ? RowName.allCases : RowName.growing : row {
      Memory.letGo()
      let report = try name.row.run(stand)
      write(Table.text(report))
      if let growth { try GrowthPlots.write(report, to: growth) }
      reports.append(report)
    }
    return reports
  }

  private func endure(_ deliveries: Int, _ stand: Stand) throws {
    let life = try EnduranceRun(stand: stand, deliveries: deliveries, limit: Double(minutes) * 60).run()
    let report = EnduranceReport.report(life.samples, life.failures)
    write(Table.text(report))
    if let plots { try EnduranceReport.plot(life.samples, to: plots) }
    if !report.failures.isEmpty { throw ExitCode.failure }
  }

  private func countInstructions(_ stand: Stand) throws {
    let counts = try InstructionCounts(stand).all()
    let result = try InstructionCheck(counts, against: check)
    write(result.text)
    if let json { try Files.write(InstructionCheck.json(counts).text(), to: json, mode: 0o644) }
    for failure in result.failures { write("FAILED: \(failure)\n") }
    if !result.failures.isEmpty { throw ExitCode.failure }
  }

  private func growthSizes() throws -> [Int] {
    let numbers = (sizes ?? "1000,10000,100000,1000000").split(separator: ",").map { Int($0) ?? 0 }
    guard numbers.allSatisfy({ (1...1_000_000).contains($0) }) else { throw ValidationError("--sizes are numbers from 1 to 1000000") }
    return numbers
  }

  /// At once, so that a long run can be watched through a pipe.
  private func write(_ text: String) {
    print(text, terminator: "")
    fflush(nil)
  }
}

extension Peers.Choice: ExpressibleByArgument {}
