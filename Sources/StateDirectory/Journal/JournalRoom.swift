import CLinux
import Glibc

/// Whether there is space for something new (F7): above the floor, with the outcomes' reserve allocated and the ballast in place.
struct JournalRoom {
  private let folder: Folder
  private let limits: Journal.Limits
  private var hasBallast = false

  private static let ballast = "ballast"

  init(folder: Folder, limits: Journal.Limits) { (self.folder, self.limits) = (folder, limits) }

  /// Sets room aside for claims of `size` bytes and the outcomes that will follow.
  mutating func require(_ size: Int, in file: SegmentFile) throws(StateError) {
    if !hasBallast { takeBallast() }
    let free = try folder.freeSpace()
    let refusal = StateError("append to", folder.path, .noRoom(free: free, floor: Int64(limits.floor)))
    guard hasBallast, free >= Int64(limits.floor) else { throw refusal }
    // The claims, as much again for their outcomes, and the reserve for those of claims before them.
    do throws(StateError) { try file.reserve(2 * size + limits.reserve) } catch {
      throw error.isLackOfSpace ? refusal : error
    }
  }

  /// Puts the ballast in place if there is space for it above the floor.
  mutating func takeBallast() {
    do throws(StateError) {
      let file = try File(Self.ballast, in: folder, O_RDWR | O_CREAT)
      let taken = Int(try file.status().st_blocks) * 512
      if taken < limits.ballast {
        guard try folder.freeSpace() >= Int64(limits.floor + limits.ballast - taken) else { return }
        let answer = try? check("reserve room in", file.path) { posix_fallocate(file.descriptor, 0, limits.ballast) }
        guard answer == 0 else { return }
      }
      hasBallast = true
    } catch { hasBallast = false }
  }

  /// Gives the ballast's space to outcomes. False if there was none.
  mutating func dropBallast() -> Bool {
    hasBallast = false
    // No flush of the folder: the space is free at once, and a ballast that comes back with a power cut does no harm.
    return unlinkat(folder.descriptor, Self.ballast, 0) == 0
  }
}
