import Git
import Glibc
import Logging

// Opening what is read from, and making it again where it is a mirror that cannot be relied on.
extension SourceRepository {
  func opened() throws -> RepositoryHandle {
    if let handle { return handle }
    let opened = remote == nil ? try openedInPlace() : try openedMirror()
    handle = opened
    return opened
  }

  /// A repository that others write to. A loose object that a power cut truncated would be read for ever, so they are all looked at first.
  private func openedInPlace() throws -> RepositoryHandle {
    let screen = Repository.screenLooseObjects(gitDirectory: path)
    if let broken = screen.broken.first {
      throw GitError(
        step: "open \(path)", reason: .corrupt,
        detail: "\(broken.path) is no whole object (\(broken.problem)), and \(screen.broken.count - 1) more; "
          + "remove it, bring the object back from another clone, and run: git -C \(path) fsck")
    }
    let opened = RepositoryHandle(try Repository(at: path))
    _ = opened.repository.releaseAbandonedPacks()
    return opened
  }

  /// Our own mirror: what a crash left in it is removed, and one that cannot be used is made again.
  private func openedMirror() throws -> RepositoryHandle {
    let mirror = RepositoryHandle(try Repository.create(bareAt: path))
    for name in mirror.repository.sweepLitter() { logger.notice("removed what a crash left", metadata: ["file": "\(name)"]) }
    return mirror
  }

  /// The mirror is a cache: a broken one is put aside and fetched anew. Nothing that was not pushed lives in it alone.
  func replaceMirror(because error: GitError) throws {
    handle = nil
    logger.error("the mirror is broken and is fetched anew", metadata: ["error": "\(error)"])
    let aside = "\(path).broken"
    Repository.remove(bareAt: aside)
    guard rename(path, aside) == 0 else {
      throw GitError(step: "put the broken mirror \(path) aside", reason: .other, detail: String(cString: strerror(errno)))
    }
    Repository.remove(bareAt: aside)
  }

  /// Every look-up asks each pack, so a mirror with more of them is fetched anew (G12).
  static let mostPacks = 200
}
