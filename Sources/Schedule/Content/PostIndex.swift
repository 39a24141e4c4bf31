public import YAML

/// Which posts and files a repository has, to find ids that are given twice and paths that some file systems take for one.
public struct PostIndex: Sendable {
  private var posts: [PostID: Place] = [:]
  private var paths: [String: String] = [:]
  private var repeatedPosts: [PostID: [Place]] = [:]
  private var repeatedPaths: [String: [String]] = [:]

  private struct Place {
    var path: String
    var span: Span
  }

  public init() {}

  /// Makes room for so many posts.
  public mutating func reserveCapacity(_ count: Int) { posts.reserveCapacity(count) }

  public mutating func add(_ id: PostID, at path: String, span: Span = .wholeFile) {
    let place = Place(path: path, span: span)
    guard let before = posts.updateValue(place, forKey: id) else { return }
    repeatedPosts[id, default: [before]].append(place)
  }

  /// Any file or folder below the content folder.
  public mutating func add(path: String) {
    let key = ContentPath.folded(path)
    guard let before = paths.updateValue(path, forKey: key) else { return }
    repeatedPaths[key, default: [before]].append(path)
  }

  /// Adds the entries of one folder: only siblings can be one file, and only where one of them has a letter to fold or compose.
  public mutating func add(names: [String], in folder: String) {
    guard names.contains(where: ContentPath.hasOtherForms) else { return }
    for name in names { add(path: "\(folder)/\(name)") }
  }

  /// An error at each of the places that share an id or a path: which of them is meant, nobody can say.
  public func diagnostics() -> [Diagnostic] {
    var found: [Diagnostic] = []
    for (id, places) in repeatedPosts {
      for place in places {
        let others = places.map(\.path).filter { $0 != place.path }
        guard let other = others.min() else { continue }
        found.append(
          Diagnostic(
            .idDuplicate, at: place.span, of: place.path, "the id \(quoted(id.text)) is also that of \(other)",
            hint: "rename one of the files, or give one of the posts another \"id\""))
      }
    }
    for paths in repeatedPaths.values {
      for path in paths {
        guard let other = paths.filter({ !$0.utf8.elementsEqual(path.utf8) }).min() else { continue }
        // To Swift they are one text where only the composition differs; then they look alike, too.
        let shown = path == other ? [path, other].map(ContentPath.spelled) : [path, other]
        found.append(
          Diagnostic(
            .fileCollision, of: path,
            "\(quoted(shown[0])) and \(quoted(shown[1])) are one file where case is folded or characters are composed",
            hint: "rename one of them"))
      }
    }
    return found.sorted()
  }
}
