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
  let seed: UInt64
  /// What the command line says; a row's own number otherwise.
  let runs: Int?
  let posts: Int?
}

/// What a row found.
struct RowReport {
  let name: String
  let title: String
  var figures: [Figure] = []
  /// What was wrong with the results. A fast wrong answer is no answer: the figures do not count then.
  var failures: [String] = []
}

/// One number of ours beside the peer's.
struct Figure {
  let what: String
  let unit: Unit
  let ours: Series
  let peer: Series?
  var target: Target?

  /// Base units: seconds, bytes.
  enum Unit: String { case seconds, bytes, perSecond }
  enum Target {
    case atMost(Double)
    case atLeast(Double)
  }

  init(_ what: String, _ unit: Unit, _ ours: [Double], peer: [Double] = [], _ target: Target? = nil) {
    self.what = what
    self.unit = unit
    self.ours = Series(ours)
    self.peer = peer.isEmpty ? nil : Series(peer)
    self.target = target
  }

  /// How many times better ours is.
  var ratio: Double? {
    peer.map { unit == .perSecond ? ours.median / $0.median : $0.median / ours.median }
  }

  var isReached: Bool? {
    switch target {
    case nil: nil
    case .atMost(let limit): ours.median <= limit
    case .atLeast(let limit): ours.median >= limit
    }
  }
}
