import Git

/// Files of records that cannot be written, because somebody put something else in their place or on the way there.
struct Obstacles: Sendable {
  private(set) var files: [UnwritableFile] = []
  private var paths: Set<String> = []

  var isEmpty: Bool { files.isEmpty }

  func isInTheWay(of path: String) -> Bool { paths.contains(path) }

  mutating func add(_ files: [UnwritableFile]) {
    for file in files where paths.insert(file.path).inserted { self.files.append(file) }
  }
}
