import Schedule

/// What the product costs in instructions: the same on a busy machine, so that a change that costs more is seen at once.
///
/// What a post costs is the difference between two sizes, over the posts between them: the start of the program is in neither.
struct InstructionCounts {
  let stand: Stand
  private let product: String
  private let callgrind: Callgrind
  private let few = 100
  private let many = 400

  init(_ stand: Stand) throws(BenchFailure) {
    self.stand = stand
    // This valgrind cannot read what Swift writes for debuggers.
    product = stand.folder.fresh("posthorn")
    try Child.run(["strip", "--strip-debug", "-o", product, stand.product], in: stand.folder)
    callgrind = Callgrind(folder: stand.folder)
  }

  /// By what was counted.
  func all() throws(BenchFailure) -> [String: Double] {
    var counts = ["start": try callgrind.instructions(of: [product, "--version"])]
    Progress.say("instructions: validate")
    counts["validate, a post"] = try aPost { count throws(BenchFailure) in try validate(count) }
    Progress.say("instructions: passes")
    counts["first pass, a post"] = try aPost { count throws(BenchFailure) in try firstPass(count) }
    counts["pass with nothing new"] = try idlePass(many)
    Progress.say("instructions: deliveries")
    counts["delivery"] = try aPost { count throws(BenchFailure) in try deliveries(count) }
    return counts
  }

  private func aPost(_ count: (Int) throws(BenchFailure) -> Double) throws(BenchFailure) -> Double {
    let (small, large) = (try count(few), try count(many))
    guard large > small else { throw BenchFailure("\(many) posts took no more instructions than \(few): something did not run") }
    return (large - small) / Double(many - few)
  }

  /// One of the posts has a mistake, in either size.
  private func validate(_ posts: Int) throws(BenchFailure) -> Double {
    let library = try stand.stocks.library(posts)
    return try callgrind.instructions(of: [product, "validate", "--repo", library.path, "--quiet"], statuses: [1])
  }

  private func firstPass(_ posts: Int) throws(BenchFailure) -> Double {
    let home = try stand.stocks.newHome(posts)
    let count = try pass(home)
    guard try home.hasScheduled(home.commit) else { throw BenchFailure("a first pass left another schedule than the branch's") }
    stand.stocks.keep(home)
    return count
  }

  private func idlePass(_ posts: Int) throws(BenchFailure) -> Double { try pass(try stand.stocks.warmHome(posts)) }

  private func deliveries(_ count: Int) throws(BenchFailure) -> Double {
    let home = try DueHome.make(due: count, stand)
    let instructions = try pass(home)
    let history = try Child.run(
      ["git", "-C", home.repository, "ls-tree", "-r", "--name-only", "main", "schedule/history"], in: stand.folder)
    let recorded = history.split(separator: "\n").count
    guard recorded == count else { throw BenchFailure("\(recorded) of \(count) deliveries were recorded") }
    return instructions
  }

  private func pass(_ home: Home) throws(BenchFailure) -> Double {
    try callgrind.instructions(of: [product, "reconcile", "--repo", home.repository, "--state", home.state, "--quiet"])
  }
}
