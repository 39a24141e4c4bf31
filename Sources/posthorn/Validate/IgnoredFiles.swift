import Git
import Schedule

/// What git ignores in a work tree: nobody's posts. Git is asked only where there are patterns at all.
final class IgnoredFiles {
  private let root: String
  private var repository: Repository?
  private var isOpened = false
  private var hasPatterns: Bool

  /// - Parameter root: of the work tree, or of a folder outside git, where nothing is ignored.
  init(in root: String) {
    self.root = root
    hasPatterns = Self.hasPatterns(in: root)
  }

  /// Takes the names of a folder before those in it are asked about.
  func enter(_ names: some Sequence<String>) { hasPatterns = hasPatterns || names.contains(".gitignore") }

  func contains(_ path: String, isFolder: Bool) -> Bool {
    guard hasPatterns else { return false }
    if !isOpened {
      isOpened = true
      // Outside git, and where git cannot be read, nothing is known to be ignored.
      repository = try? Repository(at: root)
      if repository != nil { _ = try? repository?.readHostPatterns() }
    }
    return (try? repository?.ignores(path, isFolder: isFolder)) ?? false
  }

  /// Patterns that hold everywhere: of this clone, and of the person.
  private static func hasPatterns(in root: String) -> Bool {
    guard FileBytes.exists("\(root)/.git") || Surroundings.workTree(at: root) != nil else { return false }
    let environment = Environment.current
    let folder = environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { "\($0)/.config" } ?? ""
    if FileBytes.exists("\(root)/.gitignore") || FileBytes.exists("\(folder)/git/ignore") { return true }
    if (environment["HOME"].map { FileBytes.exists("\($0)/.gitconfig") } ?? false) || FileBytes.exists("/etc/gitconfig") { return true }
    guard let bytes = try? FileBytes.read("\(root)/.git/info/exclude", atMost: 65_536) else {
      return !FileBytes.exists("\(root)/.git/HEAD")  // A linked work tree has it elsewhere.
    }
    return bytes.split(separator: UInt8(ascii: "\n")).contains { $0.first != UInt8(ascii: "#") }
  }
}
