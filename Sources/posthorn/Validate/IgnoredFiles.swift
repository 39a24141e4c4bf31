import Git
import Schedule

/// What git ignores in a work tree: nobody's posts.
final class IgnoredFiles {
  private let root: String
  /// `nil` outside git, and where git cannot be read: then nothing is known to be ignored.
  private let repository: Repository?
  private var patterns = IgnorePatterns()
  /// The folder that was asked about last: whether it, or one that it lies in, may be ignored. Then each file in it is, that nobody has added.
  private var last = (folder: "", mayMatch: false)

  /// - Parameters:
  ///   - root: of the work tree, or of a folder outside git.
  ///   - folder: the content folder.
  init(in root: String, folder: String) {
    self.root = root
    let isInGit = FileBytes.exists("\(root)/.git") || Surroundings.workTree(at: root) != nil
    repository = isInGit ? try? Repository(at: root) : nil
    var patterns = IgnorePatterns()
    // Without the patterns of the person who looks, those of the repository still count.
    for text in (try? repository?.readHostPatterns()) ?? [] { patterns.add(text.utf8) }
    var place = root
    for part in folder.split(separator: "/") {
      Self.add("\(place)/.gitignore", to: &patterns)
      place += "/\(part)"
    }
    self.patterns = patterns
  }

  /// Takes the names of a folder before those in it are asked about.
  func enter(_ path: String, _ names: some Sequence<String>) {
    guard repository != nil, names.contains(".gitignore") else { return }
    Self.add("\(root)/\(path)/.gitignore", to: &patterns)
    last = ("", false)
  }

  func contains(_ name: String, in folder: String, isFolder: Bool) -> Bool {
    if last.folder != folder { last = (folder, folder.split(separator: "/").contains { patterns.mayMatch($0) }) }
    guard last.mayMatch || patterns.mayMatch(name) else { return false }
    // Where git cannot say, it is read and judged like any other.
    return (try? repository?.ignores("\(folder)/\(name)", isFolder: isFolder)) ?? false
  }

  private static func add(_ path: String, to patterns: inout IgnorePatterns) {
    // None there is the usual case.
    if let bytes = try? FileBytes.read(path, atMost: 1 << 20) { patterns.add(bytes) }
  }
}
