import Glibc

/// What the figures were measured on; they compare only with others from the same run.
struct Machine {
  let facts: [(name: String, value: String)]

  init(_ product: String, _ peers: Peers, _ folder: TemporaryFolder) throws(BenchFailure) {
    func run(_ command: String...) throws(BenchFailure) -> String { try Child.run(command, in: folder) }
    let changes = try run("git", "-C", Project.root, "status", "--porcelain")
    facts = [
      ("processor", "\(sysconf(Int32(_SC_NPROCESSORS_ONLN))) x \(try Self.value("model name", in: "/proc/cpuinfo"))"),
      ("memory", try Self.value("MemTotal", in: "/proc/meminfo")),
      ("system", try run("uname", "-sr")),
      ("disk", "\(try run("stat", "-f", "-c", "%T", folder.path)) under \(folder.path)"),
      ("load average", try Self.load()),
      ("git", try run("git", "--version")),
      ("python", try run(peers.environment ?? peers.interpreter, "--version")),
      (
        "posthorn",
        try run(product, "--version") + ", commit " + run("git", "-C", Project.root, "rev-parse", "--short=12", "HEAD")
          + (changes.isEmpty ? "" : " and changes")
      ),
    ]
  }

  var text: String { facts.map { "\($0.name): \($0.value)\n" }.joined() }

  static func load() throws(BenchFailure) -> String {
    try Files.text("/proc/loadavg").split(separator: " ").prefix(3).joined(separator: " ")
  }

  private static func value(_ name: String, in file: String) throws(BenchFailure) -> String {
    let line = try Files.text(file).split(separator: "\n").first { $0.hasPrefix(name) }
    guard let value = line?.split(separator: ":", maxSplits: 1).last else { return "unknown" }
    return value.split(separator: " ").joined(separator: " ")
  }
}
