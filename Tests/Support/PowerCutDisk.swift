import Foundation
import Glibc

/// An ext4 file system in a file, which loses its power when a test says so: what was not flushed is gone.
public final class PowerCutDisk: Sendable {
  private let folder: TemporaryFolder
  /// Where it is mounted.
  public var path: String { folder.path("mounted") }

  /// It takes root, loop devices and mkfs.ext4.
  public static let isPossible: Bool = {
    guard geteuid() == 0 else { return false }
    return (try? PowerCutDisk(megabytes: 8).cutPower()) != nil  // "no" is the answer, whatever the error
  }()

  public init(megabytes: Int) throws {
    folder = try TemporaryFolder("ext4")
    try FileManager.default.createDirectory(atPath: folder.path("mounted"), withIntermediateDirectories: true)
    try run(["truncate", "-s", "\(megabytes)M", folder.path("image")])
    try run(["/sbin/mkfs.ext4", "-q", "-F", folder.path("image")])
    try start()
  }

  deinit { umount2(path, Int32(MNT_DETACH)) }

  /// Brings everything to the disk.
  public func settle() throws { try run(["sync", "-f", path]) }

  /// Takes the power away without letting the disk write anything more, and starts again. Nobody may have a file open on it.
  public func cutPower() throws {
    let root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    var withoutFlush: UInt32 = 2  // EXT4_GOING_FLAGS_NOLOGFLUSH
    let status = ioctl(root, 0x8004_587D, &withoutFlush)  // EXT4_IOC_SHUTDOWN
    let number = errno
    close(root)
    guard status == 0 else { throw POSIXError(.init(rawValue: number) ?? .EIO) }
    try run(["umount", path])
    try start()
  }

  private func start() throws { try run(["mount", "-o", "loop", folder.path("image"), path]) }
}
