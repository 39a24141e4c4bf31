/// The program that is measured: a release build with Swift's libraries inside, as it is shipped.
enum Product {
  /// Builds it, or finds that it is fresh; its path. Beside `.build`, because whoever runs this may hold that one's lock.
  static func build(in folder: TemporaryFolder) throws(BenchFailure) -> String {
    Progress.say("building posthorn (release, static)")
    let build = [
      "swift", "build", "--package-path", Project.root, "--scratch-path", "\(Project.root)/.build-bench", "-c", "release",
      "--static-swift-stdlib", "--product", "posthorn",
    ]
    try Child.run(build, in: folder)
    return try Child.run(build + ["--show-bin-path"], in: folder) + "/posthorn"
  }
}

enum Project {
  /// The package's folder, from where this file was compiled.
  static let root: String = {
    let parts = #filePath.split(separator: "/")
    return "/" + parts.dropLast(4).joined(separator: "/")
  }()
}

/// What happens meanwhile, on standard error.
enum Progress {
  static func say(_ text: String) {
    try? Files.write(Array("bench: \(text)\n".utf8), to: 2, "standard error")  // nobody may be reading
  }
}
