/// One number of ours beside those of peers.
struct Figure {
  let what: String
  /// Posts, and how many of them changed, where that is what it grows with.
  var size: Int?
  var change: Int?
  let unit: Unit
  let ours: Series
  /// The best first.
  let peers: [Peer]
  var target: Target?

  /// Base units: seconds, bytes.
  enum Unit: String { case seconds, bytes, perSecond, count }
  enum Target {
    case atMost(Double)
    case atLeast(Double)
  }

  struct Peer {
    let name: String
    let values: Series
  }

  /// - Parameter peers: those without values are left out.
  init(
    _ what: String, _ unit: Unit, _ ours: [Double], peers: [(name: String, values: [Double])] = [], _ target: Target? = nil,
    size: Int? = nil, change: Int? = nil
  ) {
    self.what = what
    self.unit = unit
    self.ours = Series(ours)
    self.peers = peers.filter { !$0.values.isEmpty }.map { Peer(name: $0.name, values: Series($0.values)) }.sorted {
      unit == .perSecond ? $0.values.median > $1.values.median : $0.values.median < $1.values.median
    }
    self.target = target
    self.size = size
    self.change = change
  }

  /// What it is called in a table.
  var title: String {
    var parts = [what]
    if let size { parts.append("\(Amount.grouped(size)) posts") }
    if let change { parts.append("\(Amount.grouped(change)) changed") }
    return parts.joined(separator: ", ")
  }

  /// How many times better ours is than a peer's.
  func ratio(to peer: Peer) -> Double {
    unit == .perSecond ? ours.median / peer.values.median : peer.values.median / ours.median
  }

  /// The figure to reach, without its direction.
  var limit: Double? {
    switch target {
    case nil: nil
    case .atMost(let limit), .atLeast(let limit): limit
    }
  }

  var isReached: Bool? {
    switch target {
    case nil: nil
    case .atMost(let limit): ours.median <= limit
    case .atLeast(let limit): ours.median >= limit
    }
  }
}
