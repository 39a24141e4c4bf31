import Glibc

extension StateError: CustomStringConvertible {
  /// What happened, where, and what to do next.
  public var description: String {
    switch reason {
    case .system(let number): "could not \(step) \(path): \(Self.text(of: number))\(Self.advice(on: number))"
    case .refused(let why): "cannot use \(path): \(why)"
    case .held(let holder): "another daemon\(Self.introduction(of: holder)) holds \(path); stop it, or choose another --state"
    case .damaged(let offset, let why, let setAside): Self.damage(path, offset, why, setAside)
    case .noRoom(let free, let floor):
      "no room for anything new in \(path): \(Self.size(free)) free, \(Self.size(floor)) wanted; "
        + "make room, publishing goes on by itself"
    case .tooLarge(let count, let limit): "could not \(step) \(path): \(count) bytes, the limit is \(limit)"
    case .unsure(let number):
      "could not \(step) \(path): \(Self.text(of: number)); the new content is in place, "
        + "but a power cut could bring the old one back; check the disk, then start again"
    case .stopped(let first): "could not \(step) \(path): stopped after \(first); check the disk, then start again"
    case .closed: "could not \(step) \(path): the journal is closed"
    }
  }

  private static func damage(_ path: String, _ offset: Int, _ why: String, _ setAside: String?) -> String {
    let next =
      setAside.map { "it was set aside as \($0), and the newest \(Folder.mostSetAside) of such files are kept" }
      ?? "nothing is published; put back a good copy, or move it away to rebuild from the repository's records"
    return "\(path) is damaged at byte \(offset): \(why); \(next)"
  }

  private static func introduction(of holder: Lock.Holder?) -> String {
    guard let holder else { return "" }
    return " (pid \(holder.pid) on \(holder.host), since \(holder.since))"
  }

  /// `strerror_r`, because `strerror` shares one buffer between threads.
  private static func text(of number: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
      guard let base = buffer.baseAddress, strerror_r(number, base, buffer.count) == 0 else { return "error \(number)" }
      return String(cString: base)
    }
  }

  private static func size(_ bytes: Int64) -> String { bytes < 1 << 20 ? "\(bytes >> 10) KiB" : "\(bytes >> 20) MiB" }

  private static func advice(on number: Int32) -> String {
    switch number {
    case ENOSPC, EDQUOT: "; make room, then start again"
    case EROFS, EACCES, EPERM: "; make it writable for this user, or choose another --state"
    case EIO: "; check the disk, then start again"
    case EMFILE, ENFILE: "; raise the limit of open files (ulimit -n)"
    default: ""
    }
  }
}
