/// R1: a daemon that starts with what it left, until it does its work: a post that was pushed meanwhile, and is due, is in the outbox.
struct RestartRow: Row {
  let name = "R1"

  func run(_ stand: Stand) throws(BenchFailure) -> RowReport {
    var report = RowReport(name: name, title: "restart, from its start until a post that was pushed meanwhile and is due is out")
    for size in stand.sizes([1_000_000]) {
      let home = try stand.stocks.warmHome(size)
      var (wall, processor, peak): ([Double], [Double], [Double]) = ([], [], [])
      for run in 1...(stand.runs ?? 3) {
        Progress.say("\(name): \(size) posts, run \(run)")
        let post = try DuePosts(1, from: Int(Clocks.real / 1_000_000_000) - 1, perSecond: 1, batch: run, at: home, stand)
        let watch = try FolderWatch([try home.outbox(of: post.account)])
        let daemon = try stand.daemon(home)
        guard let event = watch.next(within: 600, where: { $0.name.hasPrefix("\(post.ids[0]).") }) else {
          throw daemon.failure("did not publish after its start")
        }
        wall.append(Clocks.seconds(event.at - daemon.started))
        processor.append(try daemon.processor())
        peak.append(Double(Memory.peak(of: daemon.pid) ?? 0))
        try daemon.waitUntilIdle()
        try daemon.stop()
        report.failures += try post.failures(at: home, stand)
      }
      report.figures += [
        Figure("R1 wall", .seconds, wall, .atMost(max(0.2, 2 * Double(size) / 1_000_000)), size: size),
        Figure("R1 CPU", .seconds, processor, size: size), Figure("R1 peak memory", .bytes, peak, size: size),
      ]
    }
    return report
  }
}
