import Foundation
import Glibc

/// A file system in memory that is full soon; unmounted when the test lets go of it.
public final class SmallDisk: Sendable {
  private let folder: TemporaryFolder
  public var path: String { folder.path }

  /// Mounting takes root, and containers may refuse even that.
  public static let isPossible: Bool = {
    guard geteuid() == 0 else { return false }
    return (try? SmallDisk(size: "64k")) != nil  // "no" is the answer, whatever the error
  }()

  public init(size: String, flags: UInt = 0) throws {
    folder = try TemporaryFolder("disk")
    guard mount("tmpfs", folder.path, "tmpfs", flags, "size=\(size),mode=700") == 0 else {
      throw POSIXError(.init(rawValue: errno) ?? .EIO)
    }
  }

  deinit { umount2(folder.path, Int32(MNT_DETACH)) }

  /// Writes a file until nothing more fits.
  public func fill(_ name: String) throws {
    let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    let block = [UInt8](repeating: 1, count: 4096)
    while write(descriptor, block, block.count) > 0 {}
    guard errno == ENOSPC else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
  }
}
