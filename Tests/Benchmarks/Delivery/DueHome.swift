/// A new repository whose posts were all due a minute ago, one delivery each into the outbox.
enum DueHome {
  static func make(due count: Int, _ stand: Stand) throws(BenchFailure) -> Home {
    let (repository, state) = (stand.folder.fresh("repository"), stand.folder.fresh("state"))
    let content = try FastImport(making: .bare, at: repository, in: stand.folder)
    try content.add("schedule/posthorn.yaml", "policy: {burst: 1000000}\n")
    for account in Stock.accounts { try content.add("schedule/accounts/\(account).yaml", "platform: outbox\nlimits: {spacing: 0s}\n") }
    var writer = PostWriter(seed: stand.seed)
    let (time, folder) = Timetable.text(Int(Clocks.real / 1_000_000_000) - 60)
    for number in 0..<count {
      let account = Stock.accounts[number % Stock.accounts.count]
      try content.add("schedule/posts/\(folder)/post-\(number).yaml", writer.post("post-\(number)", at: time, in: "UTC", to: [account]))
    }
    return Home(repository: repository, state: state, commit: try content.finish(), posts: count)
  }
}
