import Foundation
import Glibc
import Support

/// A host: its name, and the memory that lives until it is started again (`/run`, `/dev/shm`, the id of its start).
///
/// With root's rights a process gets its own through namespaces; without, all machines are this one, and what would be a clone of a machine is
/// a copy on the same one.
final class Machine: Sendable {
  let name: String
  private let memory: String

  /// Whether machines can be told apart here.
  static let areApart: Bool = {
    guard getuid() == 0 else { return false }
    do {
      try run(["unshare", "--mount", "--uts", "true"])
      return true
    } catch { return false }
  }()

  init(_ name: String) throws {
    self.name = name
    memory = "/dev/shm/posthorn-soak-\(UUID().uuidString.prefix(13))"
    try restart()
  }

  deinit { try? FileManager.default.removeItem(atPath: memory) }  // What is left of it goes with this machine's own memory.

  /// Turns it off and on: its memory is gone.
  func restart() throws {
    try? FileManager.default.removeItem(atPath: memory)  // The first time there is none.
    for name in ["run", "shm"] {
      try FileManager.default.createDirectory(atPath: "\(memory)/\(name)", withIntermediateDirectories: true)
    }
    try Data((UUID().uuidString.lowercased() + "\n").utf8).write(to: URL(fileURLWithPath: "\(memory)/boot_id"))
  }

  /// The command that runs a program here.
  ///
  /// - Parameter folder: one that is seen at another place here.
  func command(_ program: [String], showing folder: String, at place: String) -> [String] {
    guard Self.areApart else { return program }
    var script = "hostname \"$1\" && mount --bind \"$2/boot_id\" /proc/sys/kernel/random/boot_id && mount --bind \"$2/run\" /run && "
    script += "mount --bind \"$2/shm\" /dev/shm && "  // the last: everything of it lies below
    if folder != place { script += "mkdir -p \"$4\" && mount --bind \"$3\" \"$4\" && " }
    return ["/usr/bin/unshare", "--mount", "--uts", "/bin/sh", "-c", script + "shift 4 && exec \"$@\"", "sh", name, memory, folder, place]
      + program
  }
}
