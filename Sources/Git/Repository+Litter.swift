internal import Glibc

extension Repository {
  /// Removes what an interrupted git operation left behind: locks and unfinished packs. `git gc` would keep some of them for ever, and one stale
  /// lock stops every later commit.
  ///
  /// Only for a repository that is ours alone, with no other process in it: in anybody else's, a lock is in use. To be called before it is
  /// opened or made: a lock on its configuration stops both.
  ///
  /// - Returns: the paths removed, from the git directory.
  public static func sweepLitter(bareAt path: String) -> [String] {
    var removed: [String] = []
    sweep(path, "", depth: 0, &removed)
    return removed
  }

  /// Removes the marks that killed processes of this machine left on packs of theirs, which `git gc` would keep for ever.
  /// They are ours to remove in anybody's repository. Call it at start.
  ///
  /// - Returns: the paths removed, from the git directory.
  public func releaseAbandonedPacks() -> [String] {
    PackMove.sweepAbandoned(in: commonPath)
    return Keeps.abandoned(in: commonPath).filter { unlink(commonPath + $0) == 0 }
  }

  /// Whether an object is stored by itself instead of in a pack. A mirror of ours never has any, so one that has is damaged.
  public var hasLooseObjects: Bool {
    names(in: path + "objects").contains { $0.utf8.count == 2 && !names(in: "\(path)objects/\($0)").isEmpty }
  }

  /// How many packs there are; every look-up asks each of them.
  public var packCount: Int { names(in: path + "objects/pack").count { $0.hasSuffix(".pack") } }

  /// Removes a repository of ours, which nobody has open. What cannot be removed stays; opening it again tells.
  public static func remove(bareAt path: String) {
    for name in names(in: path) {
      let place = "\(path)/\(name)"
      if isFolder(place, .kept) { remove(bareAt: place) } else { unlink(place) }
    }
    rmdir(path)
  }

  private static func sweep(_ path: String, _ folder: String, depth: Int, _ removed: inout [String]) {
    guard depth < EntryProblem.deepest else { return }
    for name in names(in: "\(path)/\(folder)") {
      let place = folder + name
      if isFolder("\(path)/\(place)", .kept) {
        sweep(path, place + "/", depth: depth + 1, &removed)
      } else if name.hasSuffix(".lock") || (depth == 2 && name.hasSuffix(".keep")) || name.hasPrefix("tmp_") || name.hasPrefix("pack_git2_")
      {
        if unlink("\(path)/\(place)") == 0 { removed.append(place) }
      }
    }
  }
}
