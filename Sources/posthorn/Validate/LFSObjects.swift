import Git
import Platforms
import Schedule
import Synchronization

/// The objects of Git LFS that are on this disk, where git-lfs keeps them: `lfs/objects/aa/bb/OID` in the git directory.
final class LFSObjects: Sendable {
  /// Any path in the repository.
  private let repository: String
  /// The git directory, once it was asked for; `.some(nil)` where there is none.
  private let directory = Mutex<String??>(nil)

  init(of repository: String) { self.repository = repository }

  /// The file that a pointer stands for; `nil` where it is not here, or is not the whole of it.
  func open(_ pointer: LFSPointer) -> MediaBytes? {
    guard let directory = gitDirectory else { return nil }
    let oid = pointer.oid
    let bytes = MediaBytes(fileAt: "\(directory)lfs/objects/\(oid.prefix(2))/\(oid.dropFirst(2).prefix(2))/\(oid)")
    return bytes?.count == pointer.size ? bytes : nil
  }

  private var gitDirectory: String? {
    directory.withLock { directory in
      if let directory { return directory }
      let found = try? Repository(at: repository).commonPath  // Outside git there are no such objects.
      directory = .some(found)
      return found
    }
  }
}
