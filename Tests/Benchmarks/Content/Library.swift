/// A work tree with many posts, some of them invalid, for everything that reads content.
struct Library {
  let path: String
  let commit: String
  let posts: Int
  /// Paths from the repository's root of the posts that have a mistake.
  let invalid: Set<String>
  let meanSize: Int
  let accounts: [String]

  init(posts: Int, seed: UInt64, in folder: TemporaryFolder) throws(BenchFailure) {
    Progress.say("making a repository of \(posts) posts")
    let accounts = (1...8).map { "studio-\($0)" } + (1...8).map { "hook-\($0)" }
    path = folder.fresh("library")
    let content = try FastImport(making: .workTree, at: path, in: folder)
    for account in accounts {
      let isHook = account.hasPrefix("hook")
      try content.add(
        "schedule/accounts/\(account).yaml",
        isHook ? "platform: webhook\nurl: https://hooks.example.com/\(account)\n" : "platform: outbox\n")
    }
    var writer = PostWriter(seed: seed)
    var invalid: Set<String> = []
    var size = 0
    for number in 0..<posts {
      let (time, day) = writer.time()
      let id = "post-\(number)"
      let mistake = Mistake.of(post: number)
      let text = writer.post(id, at: time, in: writer.zone(), to: writer.accounts(of: accounts), mistake: mistake)
      let path = "schedule/posts/\(day)/\(id).yaml"
      if mistake != nil { invalid.insert(path) }
      size += text.utf8.count
      try content.add(path, text)
    }
    commit = try content.finish()
    try Child.run(["git", "-C", path, "reset", "-q", "--hard"], in: folder)
    self.posts = posts
    self.invalid = invalid
    self.accounts = accounts
    meanSize = size / max(1, posts)
  }
}
