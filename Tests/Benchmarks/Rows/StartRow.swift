/// S1: what it costs to start the program at all.
struct StartRow: Row {
  let name = "S1"

  func run(_ stand: Stand) throws(BenchFailure) -> RowReport {
    var report = RowReport(name: name, title: "posthorn --version, beside python3 -c pass")
    let output = stand.folder.fresh("version")
    var (ours, peer): ([Child.Exit], [Child.Exit]) = ([], [])
    for number in 0...(stand.runs ?? 30) {
      let one = try Child([stand.product, "--version"], .init(output: output)).wait()
      let other = stand.peers.isWanted ? try Child([stand.peers.interpreter, "-c", "pass"]).wait() : nil
      if number == 0 { continue }  // it brings both files into memory
      ours.append(one)
      if let other { peer.append(other) }
    }
    let said = try Files.text(output)
    if ours.contains(where: { $0.status != 0 }) || !said.contains(".") { report.failures.append("--version said \"\(said)\"") }
    if peer.contains(where: { $0.status != 0 }) { report.failures.append("python3 -c pass failed") }
    report.figures = [
      Figure("CPU", .seconds, ours.map(\.processor), peers: [("python3 -c pass", peer.map(\.processor))], .atMost(0.010)),
      Figure("wall", .seconds, ours.map(\.wall), peers: [("python3 -c pass", peer.map(\.wall))]),
    ]
    return report
  }
}
