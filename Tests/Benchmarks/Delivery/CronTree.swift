/// A work tree as what cron runs has it: many posts, none of them due.
struct CronTree {
  private let library: Library
  private let stand: Stand
  private let python: String

  static let name = Rival.cron.rawValue
  /// More files than that are no fun to anybody in a work tree.
  private static let mostPosts = 100_000

  /// `nil` where peers are not measured, or not at this size.
  init?(_ posts: Int, _ stand: Stand) throws(BenchFailure) {
    guard let python = stand.peers.environment, posts <= Self.mostPosts else { return nil }
    (self.stand, self.python) = (stand, python)
    library = try stand.stocks.library(posts)
    _ = try tick()  // it fills its cache
  }

  func tick() throws(BenchFailure) -> Child.Exit { try run("tick.py", "http://127.0.0.1:9/") }

  /// A tick that finds one post with another time.
  func tickAfterChange(_ edition: Int) throws(BenchFailure) -> Child.Exit {
    let id = "post-0"
    let list = try Child.run(["find", "\(library.path)/schedule/posts", "-name", "\(id).yaml"], in: stand.folder)
    var writer = PostWriter(seed: stand.seed &+ UInt64(edition))
    try Files.write(writer.post(id, at: "2030-06-01T09:\(two(edition % 60)):00", in: "UTC", to: [library.accounts[0]]), to: list)
    return try tick()
  }

  /// Writes history files and commits them.
  func commit(_ files: Int) throws(BenchFailure) -> Child.Exit { try run("commit_files.py", "\(files)") }

  private func run(_ script: String, _ argument: String) throws(BenchFailure) -> Child.Exit {
    let errors = stand.folder.fresh("peer-errors")
    let exit = try Child([python, Peers.script(script), library.path, argument], .init(errors: errors)).wait()
    guard exit.status == 0 else { throw BenchFailure("\(script) ended with \(exit.status): \(try Files.text(errors).suffix(400))") }
    return exit
  }
}
