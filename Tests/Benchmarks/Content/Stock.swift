/// A bare repository of many posts as a team has it after some years: every other post is past, published and recorded, the rest lies ahead.
/// Each goes to one account, so that there are as many deliveries as posts.
struct Stock {
  let path: String
  let commit: String
  let posts: Int

  /// How many of the posts are past.
  enum Past { case half, none }

  static let accounts = (1...8).map { "studio-\($0)" }

  /// Writes it; nothing of it is held in memory.
  init(posts: Int, _ past: Past = .half, seed: UInt64, at path: String, in folder: TemporaryFolder) throws(BenchFailure) {
    Progress.say("making a repository of \(posts) posts\(past == .none ? ", all of them ahead" : "")")
    let content = try FastImport(making: .bare, at: path, in: folder)
    // Records come as soon as there is something to record, so that what one costs can be seen.
    try content.add("schedule/posthorn.yaml", "record: {interval: 0s}\npolicy: {burst: 1000000}\n")
    for account in Self.accounts { try content.add("schedule/accounts/\(account).yaml", "platform: outbox\nlimits: {spacing: 0s}\n") }
    try Self.each(of: posts, past) { number throws(BenchFailure) in
      let post = StockPost(number, seed: seed)
      try content.add(post.path, post.text())
    }
    let source = try content.finish()
    commit = past == .none ? source : try Self.record(posts, from: source, seed, at: path, in: folder)
    self.path = path
    self.posts = posts
  }

  /// The commits that a daemon would have made over the years, as one.
  private static func record(_ posts: Int, from source: String, _ seed: UInt64, at path: String, in folder: TemporaryFolder)
    throws(BenchFailure) -> String
  {
    let records = try FastImport(onto: source, in: path, message: "publish", folder: folder)
    try Self.each(of: posts, .half) { number throws(BenchFailure) in
      let post = StockPost(number, seed: seed)
      guard post.isPast else { return }
      let past = try PastRecords(of: post, source: source)
      try records.add(past.historyPath, past.history)
      try records.add(past.statusPath, past.status)
    }
    return try records.finish()
  }

  /// Day by day, as people write posts: what lies side by side in a folder is side by side in the pack too, as it is after years of pushes.
  private static func each(of posts: Int, _ past: Past, _ body: (Int) throws(BenchFailure) -> Void) throws(BenchFailure) {
    // Even numbers are past, odd ones lie ahead.
    let (sides, end) = past == .half ? ([0, 1], posts) : ([1], 2 * posts)
    for side in sides {
      for month in 0..<12 {
        for day in 0..<StockPost.daysInMonth {
          for half in stride(from: month + 12 * day, to: (end + 1) / 2, by: 12 * StockPost.daysInMonth) where half * 2 + side < end {
            try body(half * 2 + side)
          }
        }
      }
    }
  }

  fileprivate init(path: String, commit: String, posts: Int) { (self.path, self.commit, self.posts) = (path, commit, posts) }
}

extension Stock {
  /// The same repository again, for somebody who changes it. Its packs are shared with this one, so it costs little.
  func copy(in folder: TemporaryFolder) throws(BenchFailure) -> Stock {
    let other = folder.fresh("repository")
    try Child.run(["git", "clone", "-q", "--bare", "--local", path, other], in: folder)
    return Stock(path: other, commit: commit, posts: posts)
  }
}
