import Glibc

/// H1: what the pre-receive hook adds to a push of many posts. The same push again and again, with the hook and without.
struct HookRow: Row {
  let name = "H1"

  func run(_ stand: Stand) throws(BenchFailure) -> RowReport {
    let posts = 1000
    var report = RowReport(name: name, title: "git push of \(posts) new posts to a bare repository: with our pre-receive hook less without")
    for size in stand.sizes([100_000]) {
      let clone = try Clone(of: try stand.stocks.stock(size), adding: posts, stand)
      var (plain, hooked): ([Child.Exit], [Child.Exit]) = ([], [])
      for run in 1...(stand.runs ?? 5) {
        Progress.say("\(name): \(size) posts, run \(run)")
        plain.append(try clone.push(to: try stand.stocks.newHome(size), stand))
        let server = try stand.stocks.newHome(size)
        try Self.install(at: server, stand)
        hooked.append(try clone.push(to: server, stand))
      }
      let bad = try clone.isRefused(with: size, stand)
      if !bad { report.failures.append("a push with an invalid post was taken") }
      let (pushed, checked) = (Series(plain.map(\.wall)).median, Series(plain.map(\.processor)).median)
      report.figures += [
        Figure("H1 wall", .seconds, hooked.map { $0.wall - pushed }, .atMost(0.5), size: size),
        Figure("H1 CPU", .seconds, hooked.map { $0.processor - checked }, size: size),
        Figure("the push without it", .seconds, plain.map(\.wall), size: size),
      ]
    }
    return report
  }

  fileprivate static func install(at server: Home, _ stand: Stand) throws(BenchFailure) {
    try Child.run([stand.product, "hooks", "install", "--server", "--repo", server.repository], in: stand.folder)
    unlink("\(server.repository)/hooks/post-receive")  // it looks for a daemon, which is another matter
  }
}

/// Somebody's clone, without files: it has the posts to push on its branch.
private struct Clone {
  let path: String
  let commit: String
  let invalid: String

  init(of stock: Stock, adding posts: Int, _ stand: Stand) throws(BenchFailure) {
    path = stand.folder.fresh("clone")
    try Child.run(["git", "clone", "-q", "--bare", "--local", stock.path, path], in: stand.folder)
    var writer = PostWriter(seed: stand.seed &+ 7)
    let content = try FastImport(onto: stock.commit, in: path, branch: "new", folder: stand.folder)
    for number in 0..<posts {
      let (time, folder) = writer.time()
      let text = writer.post("new-\(number)", at: time, in: writer.zone(), to: [Stock.accounts[number % Stock.accounts.count]])
      try content.add("schedule/posts/\(folder)/new-\(number).yaml", text)
    }
    commit = try content.finish()
    let mistake = try FastImport(onto: commit, in: path, branch: "invalid", folder: stand.folder)
    try mistake.add("schedule/posts/2030/01/01/wrong.yaml", "scheduled_time: never\n")
    invalid = try mistake.finish()
  }

  /// A push that has to succeed.
  func push(to server: Home, _ stand: Stand) throws(BenchFailure) -> Child.Exit {
    let errors = stand.folder.fresh("push-errors")
    let exit = try Child(["git", "-C", path, "push", "-q", server.repository, "\(commit):refs/heads/main"], .init(errors: errors)).wait()
    guard exit.status == 0 else { throw BenchFailure("the push was refused: \(try Files.text(errors).suffix(1000))") }
    return exit
  }

  /// Whether the hook refuses a push with an invalid post.
  func isRefused(with size: Int, _ stand: Stand) throws(BenchFailure) -> Bool {
    let server = try stand.stocks.newHome(size)
    try HookRow.install(at: server, stand)
    let exit = try Child(["git", "-C", path, "push", "-q", server.repository, "\(invalid):refs/heads/main"]).wait()
    let head = try server.head(in: stand.folder)
    return exit.status != 0 && head == server.commit
  }
}
