/// The plots of one row: each of its figures against the number of posts, and against how many of them changed.
enum GrowthPlots {
  static func write(_ report: RowReport, to folder: String) throws(BenchFailure) {
    guard report.failures.isEmpty else { return }
    try Files.makeFolder(folder)
    for unit in [Figure.Unit.seconds, .bytes, .perSecond] {
      let figures = report.figures.filter { $0.unit == unit }
      let least = figures.compactMap(\.change).min()
      let bySize = lines(figures.filter { $0.change == nil || $0.change == least }, at: \.size)
      let largest = figures.filter { $0.change != nil }.compactMap(\.size).max()
      let byChange = lines(figures.filter { $0.size == largest }, at: \.change)
      let suffix = unit == .seconds ? "" : "-\(unit.rawValue)"
      if !bySize.isEmpty {
        let plot = Plot(
          title: "\(report.name) against the number of posts", note: report.title, across: "posts in the repository", unit: unit,
          lines: bySize)
        try Files.write(plot.svg, to: "\(folder)/\(report.name)-size\(suffix).svg", mode: 0o644)
      }
      if !byChange.isEmpty, let largest {
        let plot = Plot(
          title: "\(report.name) against the change, \(Amount.grouped(largest)) posts", note: report.title, across: "posts that changed",
          unit: unit,
          lines: byChange)
        try Files.write(plot.svg, to: "\(folder)/\(report.name)-change\(suffix).svg", mode: 0o644)
      }
    }
  }

  /// A line a figure that was measured at two places or more, and one for its peer.
  private static func lines(_ figures: [Figure], at place: (Figure) -> Int?) -> [Plot.Line] {
    var names: [String] = []
    for figure in figures where !names.contains(figure.what) { names.append(figure.what) }
    return names.flatMap { name in
      let points = figures.filter { $0.what == name }.compactMap { figure in place(figure).map { (Double($0), figure) } }
        .sorted { $0.0 < $1.0 }
      let ours = points.map { Plot.Point(place: $0, values: $1.ours, target: $1.limit) }
      let peers = Set(points.flatMap { $1.peers.map(\.name) }).sorted().map { peer in
        Plot.Line(
          name: "\(peer): \(name)",
          points: points.compactMap { place, figure in
            figure.peers.first { $0.name == peer }.map { Plot.Point(place: place, values: $0.values) }
          }, isPeer: true)
      }
      return [Plot.Line(name: name, points: ours)] + peers
    }.filter { $0.points.count > 1 }
  }
}
