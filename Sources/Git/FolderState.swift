internal import Glibc

/// What a repository's folder looked like when it was opened: whether the handle still stands for what is at the path.
public struct FolderState: Sendable {
  private let path: String
  private let packs: String
  private let identity: Identity?
  private var changed: timespec
  private var known: [String: Identity]

  /// - Parameters:
  ///   - path: the git directory, as it was opened.
  ///   - commonPath: where its objects are; ends with a slash.
  public init(path: String, commonPath: String) {
    (self.path, packs) = (path, commonPath + "objects/pack")
    identity = Identity(path)
    (changed, known) = (Self.change(of: packs), Self.packs(in: packs))
  }

  /// Whether another repository has taken the place, or a pack was removed or replaced, which an open handle would keep on the disk (G3).
  ///
  /// It costs two looks at a folder, and one at each pack where some came or went.
  public mutating func isStale() -> Bool {
    if let now = Identity(path), now != identity { return true }
    let latest = Self.change(of: packs)
    guard latest.tv_sec != changed.tv_sec || latest.tv_nsec != changed.tv_nsec else { return false }
    let found = Self.packs(in: packs)
    guard known.allSatisfy({ found[$0.key] == $0.value }) else { return true }
    (changed, known) = (latest, found)
    return false
  }

  private struct Identity: Equatable {
    let device: dev_t
    let number: ino_t

    init?(_ path: String) {
      var facts = stat()
      guard stat(path, &facts) == 0 else { return nil }
      (device, number) = (facts.st_dev, facts.st_ino)
    }
  }

  private static func change(of path: String) -> timespec {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_mtim : timespec()
  }

  private static func packs(in path: String) -> [String: Identity] {
    let files = names(in: path).filter { $0.hasSuffix(".pack") || $0.hasSuffix(".idx") }
    return Dictionary(uniqueKeysWithValues: files.compactMap { name in Identity("\(path)/\(name)").map { (name, $0) } })
  }
}
