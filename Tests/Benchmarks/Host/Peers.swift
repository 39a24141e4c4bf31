/// What a user would pick instead: Python programs of our own over well-known libraries.
struct Peers {
  /// The interpreter with the libraries; `nil` where they are not installed.
  let environment: String?
  /// Peers are to be measured where that is possible.
  let isWanted: Bool
  /// The interpreter itself, without the scripts that choose one; the system's where there is one, which starts in half the time of
  /// one that was compiled at home.
  let interpreter: String
  /// Celery needs it, and pip does not bring it.
  let hasRedis: Bool

  enum Choice: String, CaseIterable {
    /// Measured where installed.
    case use
    /// Installed first, with pip, into a folder beside the build.
    case install
    case none
  }

  init(_ choice: Choice, in folder: TemporaryFolder) throws(BenchFailure) {
    isWanted = choice != .none
    let chosen = try Child.run(["python3", "-c", "import sys; print(sys.executable)"], in: folder)
    interpreter = Files.exists("/usr/bin/python3") ? "/usr/bin/python3" : chosen
    let (root, marker) = ("\(Project.root)/.build-bench-peers", "\(Project.root)/.build-bench-peers/installed")
    let requirements = Self.script("requirements.txt")
    if choice == .install {
      let isInstalled = try Self.isInstalled(marker, requirements)
      if !isInstalled {
        Progress.say("installing the peers")
        try Child.run([chosen, "-m", "venv", root], in: folder)  // the system's may lack venv
        try Child.run(["\(root)/bin/pip", "install", "-q", "-r", requirements], in: folder)
        try Files.write(try Files.text(requirements), to: marker)
      }
    }
    let isUsable = choice == .none ? false : try Self.isInstalled(marker, requirements)
    environment = isUsable ? "\(root)/bin/python" : nil
    hasRedis = (try? Child.run(["redis-server", "--version"], in: folder)) != nil  // it is there or not
    if isUsable, !hasRedis { Progress.say("there is no redis-server, so Celery is not measured; it is Debian's package of that name") }
    if choice == .use, !isUsable { Progress.say("the peers are not installed, so their columns stay empty; add --peers install") }
  }

  static func script(_ name: String) -> String { "\(Project.root)/Tests/Benchmarks/Peers/\(name)" }

  private static func isInstalled(_ marker: String, _ requirements: String) throws(BenchFailure) -> Bool {
    guard Files.exists(marker) else { return false }
    let (installed, wanted) = (try Files.text(marker), try Files.text(requirements))
    return installed == wanted
  }
}
