import Glibc
import StateDirectory

/// A folder in memory for targets that read files; one a process, removed at its end where there is one.
enum Scratch {
  private static let path: String = {
    let path = "/dev/shm/posthorn-fuzz-\(getpid())"
    mkdir(path, 0o700)
    atexit { for name in ["journal", ""] { Scratch.empty(name) } }
    return path
  }()

  static func folder() throws(StateError) -> Folder { try Folder(at: path) }

  /// Makes a file hold exactly `bytes`, as something other than Posthorn would.
  static func put(_ bytes: [UInt8], _ name: String) throws {
    let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Finding(description: "cannot write \(path)/\(name)") }
    defer { close(descriptor) }
    guard bytes.isEmpty || write(descriptor, bytes, bytes.count) == bytes.count else {
      throw Finding(description: "no room for \(path)/\(name)")
    }
  }

  private static func empty(_ name: String) {
    guard let folder = try? Folder(at: "\(path)/\(name)"), let names = try? folder.list() else {
      return  // then there is nothing to remove
    }
    for name in names { try? folder.remove(name) }  // litter in memory, gone with the machine's next start
    rmdir("\(path)/\(name)")
  }
}
