/// Posts that are due from a second on, pushed on top of what a home's branch has.
struct DuePosts {
  let ids: [String]
  let commit: String
  /// All of them go to one.
  let account = Stock.accounts[0]

  /// - Parameters:
  ///   - first: seconds since 1970.
  ///   - batch: a number that no other batch at this home has.
  init(_ count: Int, from first: Int, perSecond: Int, batch: Int, at home: Home, _ stand: Stand) throws(BenchFailure) {
    ids = (0..<count).map { "due-\(batch)-\($0)" }
    var writer = PostWriter(seed: stand.seed)
    let content = try FastImport(
      onto: try home.head(in: stand.folder), in: home.repository, branch: "due-\(batch)", message: "due", folder: stand.folder)
    for (number, id) in ids.enumerated() {
      let (time, folder) = Timetable.text(first + number / perSecond)
      try content.add("schedule/posts/\(folder)/\(id).yaml", writer.post(id, at: time, in: "UTC", to: [account]))
    }
    commit = try content.finish()
    _ = try home.move(to: commit)
  }

  /// What is wrong once the daemon has ended: each is published once, in the outbox and in the history.
  func failures(at home: Home, _ stand: Stand) throws(BenchFailure) -> [String] {
    let list = ["git", "-C", home.repository, "diff", "--name-only", commit, "main", "--", "schedule/history"]
    let history = Set(
      try Child.run(list, in: stand.folder).split(separator: "\n").map { String($0.split(separator: "/").dropLast().last ?? "") })
    let files = try Child.run(["ls", "\(home.state)/outbox/\(account)"], in: stand.folder).split(separator: "\n")
    var sent: [String: Int] = [:]
    for file in files { sent[String(file.prefix { $0 != "." }), default: 0] += 1 }
    let (unrecorded, unsent) = (ids.count { !history.contains($0) }, ids.count { sent[$0] != 1 })
    return (unrecorded == 0 ? [] : ["\(unrecorded) of \(ids.count) posts have no history"])
      + (unsent == 0 ? [] : ["\(unsent) of \(ids.count) posts are not in the outbox exactly once"])
  }
}

extension Home {
  /// Where what an account published lies; it is made if the daemon has not.
  func outbox(of account: String) throws(BenchFailure) -> String {
    try Files.makeFolder("\(state)/outbox")
    let folder = "\(state)/outbox/\(account)"
    try Files.makeFolder(folder)
    return folder
  }
}
