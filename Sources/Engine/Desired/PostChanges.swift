import Schedule

/// The posts that changed between two commits, packed: a first commit may bring a million.
struct PostChanges: Equatable, Sendable {
  var present: PostTable
  var gone: [String] = []

  /// - Parameter capacity: how many posts are to come.
  init(capacity: Int = 0) { present = PostTable(capacity: capacity) }

  init(_ changes: [String: DesiredPost?]) {
    self.init(capacity: changes.count)
    for (path, post) in changes { add(path, post) }
  }

  var count: Int { present.count + gone.count }
  var isEmpty: Bool { count == 0 }

  /// - Parameter post: `nil` where the file is gone. No path comes twice.
  mutating func add(_ path: String, _ post: DesiredPost?) {
    if let post { present.add(post) } else { gone.append(path) }
  }

  func forEach(_ body: (_ path: String, DesiredPost?) -> Void) {
    for path in gone { body(path, nil) }
    present.forEach { body($0.path, $0) }
  }
}
