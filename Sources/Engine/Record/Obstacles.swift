import Git
import Schedule

/// Files of records that cannot be written, because somebody put something else in their place or on the way there, and records whose place
/// another daemon's has.
struct Obstacles: Sendable {
  private(set) var files: [UnwritableFile] = []
  private var paths: Set<String> = []
  /// Attempts that another daemon recorded too, and that may have gone out twice.
  private(set) var doubles: [AttemptID: DoubleRecord] = [:]

  var isEmpty: Bool { files.isEmpty }

  func isInTheWay(of path: String) -> Bool { paths.contains(path) }

  mutating func add(_ double: DoubleRecord) { doubles[double.attempt] = double }

  mutating func add(_ files: [UnwritableFile]) {
    for file in files where paths.insert(file.path).inserted { self.files.append(file) }
  }
}
