import Glibc

/// What a daemon and its repository take up at one moment of a long life.
struct EnduranceSample {
  let deliveries: Int
  /// By what is watched; bytes or a number.
  let values: [Watched: Double]

  enum Watched: String, CaseIterable {
    case resident = "resident memory"
    case descriptors = "open descriptors"
    case state = "state directory"
    case journal = "journal"
    case looseObjects = "loose objects"
    case packs = "packs"
    case repository = "repository"

    var unit: Figure.Unit {
      switch self {
      case .resident, .state, .journal, .repository: .bytes
      case .descriptors, .looseObjects, .packs: .count
      }
    }
  }

  init(after deliveries: Int, _ daemon: RunningDaemon, in folder: TemporaryFolder) throws(BenchFailure) {
    self.deliveries = deliveries
    let home = daemon.home
    let objects = try Self.objects(home, folder)
    values = [
      .resident: Double(Memory.resident(of: daemon.pid) ?? 0),
      .descriptors: Double(try Child.run(["ls", "/proc/\(daemon.pid)/fd"], in: folder).split(separator: "\n").count),
      .state: try Self.bytes(home.state, folder), .journal: try Self.bytes("\(home.state)/journal", folder),
      .looseObjects: objects["count"] ?? 0, .packs: objects["packs"] ?? 0, .repository: try Self.bytes(home.repository, folder),
    ]
  }

  private static func objects(_ home: Home, _ folder: TemporaryFolder) throws(BenchFailure) -> [String: Double] {
    var counts: [String: Double] = [:]
    for line in try Child.run(["git", "-C", home.repository, "count-objects", "-v"], in: folder).split(separator: "\n") {
      let words = line.split(separator: ": ")
      if words.count == 2, let number = Double(words[1]) { counts[String(words[0])] = number }
    }
    return counts
  }

  private static func bytes(_ path: String, _ folder: TemporaryFolder) throws(BenchFailure) -> Double {
    // Files come and go meanwhile, which du reports and this can bear.
    let text = try Child.run(["sh", "-c", "du -s -B1 \"$1\" 2>/dev/null; true", "du", path], in: folder)
    return text.split(whereSeparator: \.isWhitespace).first.flatMap { Double($0) } ?? 0
  }
}
