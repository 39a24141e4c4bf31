import ArgumentParser
import Glibc
import Schedule

/// Measures the product beside what a user would pick instead, in one run on one machine, and checks that both did the work.
///
///     swift run -c release posthorn-bench --peers install    all rows; the peers' libraries come from PyPI, once
///     swift run -c release posthorn-bench --row V1           one row: S1, V1 (with V2), L1, L2 (with D1 and D2), D1, M2
///     swift run -c release posthorn-bench --row V1 --posts 10000 --runs 3 --json v1.json
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

  @Option(help: ArgumentHelp("Only this row, of S1, V1, L1, L2, D1 and M2; may be given several times.", valueName: "name"))
  var row: [RowName] = []
  @Option(help: "Posts in the rows that are named. (default: V1 100000, L1 50, L2 1000, D1 10000, M2 1000 MB)")
  var posts: Int?
  @Option(help: "Runs of each row. (default: S1 30, V1 5, L1 1, L2 5, D1 1, M2 1)")
  var runs: Int?
  @Option(help: ArgumentHelp("Write everything to this file too.", valueName: "file"))
  var json: String?
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
  }

  func run() throws {
    let folder = try TemporaryFolder(in: folder, isKept: keep)
    let product = try product ?? Product.build(in: folder)
    let peers = try Peers(peers, in: folder)
    let machine = try Machine(product, peers, folder)
    write(machine.text)
    let stand = Stand(product: product, peers: peers, folder: folder, seed: seed, runs: runs, posts: posts)
    var reports: [RowReport] = []
    for name in row.isEmpty ? RowName.allCases : row {
      let report = try name.row.run(stand)
      write(Table.text(report))
      reports.append(report)
    }
    write("\nload average at the end: \(try Machine.load())\n")
    if keep { write("left in \(folder.path)\n") }
    if let json { try Files.write(JSONReport.json(machine, reports).text(), to: json, mode: 0o644) }
    if reports.contains(where: { !$0.failures.isEmpty }) { throw ExitCode.failure }
  }

  /// At once, so that a long run can be watched through a pipe.
  private func write(_ text: String) {
    print(text, terminator: "")
    fflush(nil)
  }
}

enum RowName: String, CaseIterable, ExpressibleByArgument {
  case S1, V1, L1, L2, D1, M2

  var row: any Row {
    switch self {
    case .S1: StartRow()
    case .V1: ValidateRow()
    case .L1: TrickleRow()
    case .L2: BurstRow(name: rawValue, posts: 1000, runs: 5)
    case .D1: BurstRow(name: rawValue, posts: 10_000, runs: 1)
    case .M2: MediaRow()
    }
  }
}

extension Peers.Choice: ExpressibleByArgument {}
