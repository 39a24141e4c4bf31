import Schedule

/// What of the content is reported about.
struct ValidateScope {
  /// Files and folders from the repository's root; none is everything.
  var paths: [String] = []
  var ignored: [Glob] = []
  /// Only what differs, where a commit is named.
  var changes: ContentChanges?

  /// Whether a person asked about a path at all.
  func includes(_ path: String) -> Bool {
    let isNamed = paths.isEmpty || paths.contains { $0.isEmpty || path == $0 || path.hasPrefix($0 + "/") }
    return isNamed && !ignored.contains { $0.matches(path) }
  }

  /// Whether it is reported about whatever is found there.
  func reports(_ path: String) -> Bool { includes(path) && changes?.touches(path) ?? true }

  /// The changes, where what else there is need not be read to judge them.
  var narrowChanges: ContentChanges? { paths.isEmpty ? changes.flatMap { $0.reachesFurther ? nil : $0 } : nil }

  var isEverything: Bool { paths.isEmpty && ignored.isEmpty && changes == nil }
}
