/// One row of the figures: makes what it needs, runs both sides in turn, checks them.
protocol Row {
  /// As in `--row`.
  var name: String { get }
  func run(_ stand: Stand) throws(BenchFailure) -> RowReport
}

/// What every row is given.
struct Stand {
  /// The program that is measured.
  let product: String
  let peers: Peers
  let folder: TemporaryFolder
  let stocks: Stocks
  let seed: UInt64
  /// What the command line says; a row's own number otherwise.
  let runs: Int?
  let posts: Int?
  /// Sizes at which a row that has one is measured, where how it grows is asked for.
  let sizes: [Int]?

  /// The sizes of a row that is measured at several.
  func sizes(_ own: [Int]) -> [Int] { sizes ?? posts.map { [$0] } ?? own }

  func daemon(_ home: Home, _ options: [String] = []) throws(BenchFailure) -> RunningDaemon {
    try RunningDaemon(home, product, options, in: folder)
  }
}

/// What a row found.
struct RowReport {
  let name: String
  let title: String
  /// What it was measured on, where that is not in the title.
  var facts: [String] = []
  var figures: [Figure] = []
  /// What was wrong with the results. A fast wrong answer is no answer: the figures do not count then.
  var failures: [String] = []
}
