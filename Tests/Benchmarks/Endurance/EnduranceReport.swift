/// The samples of a long life as a row, and as a plot each.
enum EnduranceReport {
  static func report(_ samples: [EnduranceSample], _ failures: [String]) -> RowReport {
    let verdict = EnduranceVerdict(samples)
    let deliveries = samples.last?.deliveries ?? 0
    var report = RowReport(name: "endurance", title: "\(Amount.grouped(deliveries)) deliveries through one daemon and one repository")
    report.failures = failures + verdict.failures
    for watched in EnduranceSample.Watched.allCases {
      let values = samples.compactMap { $0.values[watched] }
      if let last = values.last { report.figures.append(Figure("\(watched.rawValue), at the end", watched.unit, [last])) }
      report.figures.append(Figure("\(watched.rawValue), at most", watched.unit, [Series(values).greatest]))
      if let added = verdict.growth[watched] {
        report.facts.append("\(watched.rawValue): \(Amount.digits(added)) \(watched.unit == .bytes ? "bytes " : "")more a delivery")
      }
    }
    return report
  }

  static func plot(_ samples: [EnduranceSample], to folder: String) throws(BenchFailure) {
    try Files.makeFolder(folder)
    for watched in EnduranceSample.Watched.allCases {
      let points = samples.compactMap { sample in
        sample.values[watched].map { Plot.Point(place: Double(sample.deliveries), values: Series([$0])) }
      }
      guard points.count > 1 else { continue }
      let plot = Plot(
        title: "\(watched.rawValue) over a daemon's life", across: "deliveries", unit: watched.unit, kind: .linear,
        lines: [Plot.Line(name: watched.rawValue, points: points)])
      try Files.write(plot.svg, to: "\(folder)/endurance-\(watched.rawValue.replacing(" ", with: "-")).svg", mode: 0o644)
    }
  }
}
