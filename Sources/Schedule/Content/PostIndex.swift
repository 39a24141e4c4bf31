public import YAML

/// Which posts and files a repository has, to find ids that are given twice and paths that some file systems take for one.
public struct PostIndex: Sendable {
  private var posts: [PostID: Place] = [:]
  private var paths: [String: String] = [:]
  private var repeatedPosts: [(id: PostID, place: Place)] = []
  private var repeatedPaths: [(first: String, path: String)] = []

  private struct Place {
    var path: String
    var span: Span
  }

  public init() {}

  public mutating func reserveCapacity(_ count: Int) {
    posts.reserveCapacity(count)
    paths.reserveCapacity(count)
  }

  public mutating func add(_ id: PostID, at path: String, span: Span = .wholeFile) {
    let place = Place(path: path, span: span)
    guard let first = posts.updateValue(place, forKey: id) else { return }
    posts[id] = first
    repeatedPosts.append((id, place))
  }

  /// Any file or folder below the content folder.
  public mutating func add(path: String) {
    let key = ContentPath.folded(path)
    guard let first = paths.updateValue(path, forKey: key) else { return }
    paths[key] = first
    repeatedPaths.append((first, path))
  }

  /// An error at each of the places that share an id or a path: which of them is meant, nobody can say.
  public func diagnostics() -> [Diagnostic] {
    var found: Set<Diagnostic> = []
    for (id, place) in repeatedPosts {
      guard let first = posts[id] else { continue }
      for (here, there) in [(place, first), (first, place)] {
        found.insert(
          Diagnostic(
            .idDuplicate, at: here.span, of: here.path, "the id \(quoted(id.text)) is also that of \(there.path)",
            hint: "rename one of the files, or give one of the posts another \"id\""))
      }
    }
    for (first, path) in repeatedPaths {
      for (here, there) in [(first, path), (path, first)] {
        found.insert(
          Diagnostic(
            .fileCollision, of: here, "\(quoted(here)) and \(quoted(there)) are one file where case is folded or characters are composed",
            hint: "rename one of them"))
      }
    }
    return found.sorted()
  }
}
