import Foundation
import Glibc

/// A file system in memory that is full soon; unmounted when the test lets go of it.
final class SmallDisk: Sendable {
  private let folder: TemporaryFolder
  var path: String { folder.path }

  /// Mounting takes root, and containers may refuse even that.
  static let isPossible: Bool = {
    guard geteuid() == 0 else { return false }
    return (try? SmallDisk(size: "64k")) != nil  // "no" is the answer, whatever the error
  }()

  init(size: String, flags: UInt = 0) throws {
    folder = try TemporaryFolder()
    guard mount("tmpfs", folder.path, "tmpfs", flags, "size=\(size),mode=700") == 0 else { throw TemporaryFolder.Failure(number: errno) }
  }

  deinit { umount2(folder.path, Int32(MNT_DETACH)) }
}
