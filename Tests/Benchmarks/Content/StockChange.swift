/// A commit that gives some posts of a stock another time and another caption. It is on no branch that a daemon reads until it is moved there.
struct StockChange {
  let commit: String

  init(of numbers: [Int], edition: Int, onto parent: String, at home: Home, _ stand: Stand) throws(BenchFailure) {
    let content = try FastImport(onto: parent, in: home.repository, branch: "next-\(edition)", message: "change", folder: stand.folder)
    for number in numbers {
      let post = stand.stocks.post(number)
      try content.add(post.path, post.text(edition: edition))
    }
    commit = try content.finish()
  }
}
