import Schedule
import Support

/// M2: a film from Git LFS to TikTok: what it takes of memory beyond an idle daemon. Nobody else's tool does this, so there is no peer.
struct MediaRow: Row {
  let name = "M2"

  func run(_ stand: Stand) throws(BenchFailure) -> RowReport {
    let megabytes = stand.posts ?? 1000
    var report = RowReport(name: name, title: "publish a film of \(megabytes) MB from Git LFS on TikTok, above an idle daemon")
    var (above, idle, wall): ([Double], [Double], [Double]) = ([], [], [])
    for run in 1...(stand.runs ?? 1) {
      Progress.say("\(name): run \(run)")
      let trial = try MediaTrial(megabytes: megabytes, stand).run()
      report.failures += trial.failures
      above.append(Double(trial.peak - trial.idle))
      idle.append(Double(trial.idle))
      wall.append(trial.wall)
    }
    report.figures = [
      Figure("M2 memory above idle", .bytes, above, .atMost(64e6)), Figure("idle", .bytes, idle),
      Figure("from the push to its record", .seconds, wall),
    ]
    return report
  }
}

/// One daemon that is idle, then publishes a film, beside a server of Git LFS and a strict TikTok.
private struct MediaTrial {
  let megabytes: Int
  let stand: Stand

  struct Result {
    var idle = 0
    var peak = 0
    var wall = 0.0
    var failures: [String] = []
  }

  init(megabytes: Int, _ stand: Stand) { (self.megabytes, self.stand) = (megabytes, stand) }

  func run() throws(BenchFailure) -> Result {
    do { return try publish() } catch let error as BenchFailure { throw error } catch { throw BenchFailure("\(error)") }
  }

  private func publish() throws -> Result {
    var settings = TikTokPeer.Settings()
    settings.moderation = .init(asksUntilDone: 0, asksUntilID: 0)
    let (tiktok, lfs) = (try TikTokPeer(settings), try LFSServer())
    defer {
      tiktok.stop()
      lfs.stop()
    }
    var film = [UInt8](repeating: 0, count: megabytes * 1_000_000)
    for place in stride(from: 0, to: film.count, by: 4096) { film[place] = UInt8(truncatingIfNeeded: place >> 12 &+ place >> 20) }
    let pointer = lfs.put(film)
    film = []

    let (repository, state, errors) = (stand.folder.fresh("repository"), stand.folder.fresh("state"), stand.folder.fresh("daemon-errors"))
    let content = try FastImport(making: .bare, at: repository, in: stand.folder)
    try content.add(".lfsconfig", "[lfs]\n\turl = \(lfs.url)\n")
    try content.add("schedule/accounts/acme.yaml", "platform: tiktok\naudited: true\n")
    try content.add("schedule/media/film.mp4", pointer)
    _ = try content.finish()
    try Files.makeFolder(state)
    try Files.makeFolder("\(state)/credentials")
    guard case .object(var login) = try JSON.parse(Array(tiktok.login().utf8)) else { throw BenchFailure("a login is an object") }
    login["origin"] = .string(tiktok.origin)
    try Files.write(JSON.object(login).text(), to: "\(state)/credentials/acme.json")

    let daemon = try Child(
      [
        stand.product, "daemon", "--repo", repository, "--state", state, "--allow-private-hosts", "--quiet", "--interval", "1s",
        "--endpoint", "tiktok=\(tiktok.origin)", "--endpoint", "lfs=\(lfs.url)",
      ], .init(errors: errors))
    var result = Result()
    // The first sync of the account is behind it.
    let isIdle = try Trial.wait(
      for: { () throws(BenchFailure) in try recorded("status/accounts/acme.json", repository) }, of: daemon,
      until: Clocks.real + 60_000_000_000)
    if !isIdle { result.failures.append("the daemon was not idle after a minute: \(try Files.text(errors).suffix(2000))") }
    Memory.forgetPeak(of: daemon.pid)
    result.idle = Memory.peak(of: daemon.pid) ?? 0
    let start = Clocks.steady
    try push(to: repository)
    let isOut = try Trial.wait(
      for: { () throws(BenchFailure) in try recorded("history", repository) }, of: daemon, until: Clocks.real + 600_000_000_000)
    result.wall = Clocks.seconds(Clocks.steady - start)
    result.peak = Memory.peak(of: daemon.pid) ?? 0
    let exit = daemon.stop(patience: 30)
    if !isOut || exit.status != 0 {
      result.failures.append("it was not recorded; the daemon ended with \(exit.status): \(try Files.text(errors).suffix(2000))")
    }
    if tiktok.posts.map(\.sha256) != [LFSPointer(Array(pointer.utf8))?.oid] {
      result.failures.append("TikTok did not get exactly the film, once")
    }
    result.failures += tiktok.violations.map { "\($0)" }
    return result
  }

  private func recorded(_ path: String, _ repository: String) throws(BenchFailure) -> Bool {
    try !Child.run(["git", "-C", repository, "ls-tree", "-r", "--name-only", "main", "--", "schedule/\(path)"], in: stand.folder).isEmpty
  }

  /// Adds the post that asks for the film now.
  private func push(to repository: String) throws(BenchFailure) {
    let clone = stand.folder.fresh("clone")
    let now = Instant(milliseconds: Clocks.real / 1_000_000).description.prefix(19)
    _ = try Child.run(["git", "clone", "-q", "--no-checkout", repository, clone], in: stand.folder)
    let post = """
      scheduled_time: \(now)
      timezone: UTC
      accounts: [acme]
      media: [{path: media/film.mp4}]
      options: {tiktok: {privacy_level: PUBLIC_TO_EVERYONE}}

      """
    let git = ["git", "-C", clone, "-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    _ = try Child.run(git + ["read-tree", "HEAD"], in: stand.folder)
    try Files.write(post, to: stand.folder.path("post.yaml"))
    let blob = try Child.run(git + ["hash-object", "-w", stand.folder.path("post.yaml")], in: stand.folder)
    _ = try Child.run(git + ["update-index", "--add", "--cacheinfo", "100644,\(blob),schedule/posts/film.yaml"], in: stand.folder)
    _ = try Child.run(git + ["commit", "-q", "-m", "Show the film"], in: stand.folder)
    _ = try Child.run(git + ["push", "-q", "origin", "HEAD:main"], in: stand.folder)
  }
}
