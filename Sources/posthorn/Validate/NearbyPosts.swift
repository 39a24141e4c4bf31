import Git
import Schedule

/// Posts that lie near some others in the folders of a commit: those of the same folders, then of the folders beside these, and so on outwards.
///
/// Only reading every post would say for certain what leaves next on an account, and a look at a change must not cost what the repository
/// holds. People keep together what goes out at about the same time (`posts/2026/11/`), so the nearest by folder are the nearest in time.
struct NearbyPosts {
  /// From the repository's root.
  private(set) var paths: Set<String>
  /// Posts further away whose file is called as one of the ids that were asked for.
  private(set) var namesakes: Set<String> = []
  /// No post of the commit is missing.
  private(set) var isEverything = false
  /// How many names of files were looked at for these; `nil` is all of them.
  private(set) var names: Int?

  /// So many are read in some thousandths of a second.
  static let limit = 64
  /// So many names are looked at in some thousandths of a second.
  static let nameLimit = 20_000

  /// - Parameters:
  ///   - posts: paths from the repository's root; they are among the nearby ones.
  ///   - ids: what to look for among the names of files.
  ///   - limit: of posts beside these.
  init(
    around posts: Set<String>, named ids: Set<PostID> = [], in commit: ObjectID, of path: String, folder: String, limit: Int = Self.limit
  ) throws(Failure) {
    paths = posts
    let wanted = WantedIDs(ids)
    let (most, mostNames) = (limit + posts.count, ids.isEmpty ? 0 : Self.nameLimit)
    var (hasLeftOut, names, namesakes) = (false, 0, Set<String>())
    do throws(GitError) {
      let repository = try Repository(screened: path)
      var walk = try OutwardWalk(below: "\(folder)/posts", in: commit, of: repository)
      let isWhole = try walk.run(around: posts, in: repository) { folder, content, name in
        names += content.count
        for number in content.outwards(from: name) where content.isPost(number) {
          guard paths.count < most else {
            hasLeftOut = true
            break
          }
          paths.insert("\(folder)/\(content.name(number))")
        }
        for number in 0..<content.count where content.withName(number, wanted.contains) {
          namesakes.insert("\(folder)/\(content.name(number))")
        }
        return paths.count < most || names < mostNames
      }
      isEverything = isWhole && !hasLeftOut
      self.names = isWhole ? nil : names
      self.namesakes = namesakes.subtracting(paths)
    } catch { throw .couldNot(error.description) }
  }

  /// How far it was looked, for people; `nil` where that was everywhere.
  var words: String? {
    guard !isEverything else { return nil }
    let also = names.map { ", and with the names of the \($0) nearest" } ?? ""
    return "compared with the \(paths.count) posts in the nearest folders\(also); posthorn validate compares all of them"
  }
}

extension FolderNames {
  /// Whether it is a file that is read as a post.
  func isPost(_ number: Int) -> Bool {
    (kind(number) == .file || kind(number) == .executable) && withName(number) { WantedIDs.stem($0) != nil }
  }
}
