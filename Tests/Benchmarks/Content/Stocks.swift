/// What rows share: each size of repository is made once in a run, and whoever changes one gets a copy.
final class Stocks {
  private let seed: UInt64
  private let product: String
  private let folder: TemporaryFolder
  private var stocks: [Kind: Stock] = [:]
  private var homes: [Int: Home] = [:]
  private var libraries: [Int: Library] = [:]

  init(seed: UInt64, product: String, in folder: TemporaryFolder) { (self.seed, self.product, self.folder) = (seed, product, folder) }

  private struct Kind: Hashable {
    let posts: Int
    let past: Stock.Past
  }

  /// The repository that nobody changes.
  func stock(_ posts: Int, _ past: Stock.Past = .half) throws(BenchFailure) -> Stock {
    let kind = Kind(posts: posts, past: past)
    if let stock = stocks[kind] { return stock }
    let stock = try Stock(posts: posts, past, seed: seed, at: folder.fresh("stock"), in: folder)
    stocks[kind] = stock
    return stock
  }

  /// A work tree for commands that only read posts, and for peers.
  func library(_ posts: Int) throws(BenchFailure) -> Library {
    if let library = libraries[posts] { return library }
    let library = try Library(posts: posts, seed: seed, in: folder)
    libraries[posts] = library
    return library
  }

  func post(_ number: Int) -> StockPost { StockPost(number, seed: seed) }

  /// A copy of the repository, and an empty state directory.
  func newHome(_ posts: Int, _ past: Stock.Past = .half) throws(BenchFailure) -> Home {
    let stock = try stock(posts, past).copy(in: folder)
    return Home(repository: stock.path, state: folder.fresh("state"), commit: stock.commit, posts: posts)
  }

  /// A copy of a repository and of the state directory that a daemon has left after its first start there.
  func warmHome(_ posts: Int) throws(BenchFailure) -> Home {
    if homes[posts] == nil {
      let home = try newHome(posts)
      let daemon = try RunningDaemon(home, product, in: folder)
      try daemon.waitUntilScheduled(patience: 3600)
      try daemon.stop()
      homes[posts] = home
    }
    guard let home = homes[posts] else { throw BenchFailure("a home that was just made is gone") }
    return try home.copy(in: folder)
  }

  /// Keeps what a first start with half of the posts past has left, so that nobody has to start one for it.
  func keep(_ home: Home) { if homes[home.posts] == nil { homes[home.posts] = home } }
}
