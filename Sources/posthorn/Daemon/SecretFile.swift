import Glibc
import Schedule

/// A JSON file of the host that holds a secret, and that nobody else can read.
enum SecretFile {
  /// - Parameter what: what it is called in the failure.
  /// - Returns: `nil` where it is not JSON; what is wrong with it is not said, because the message would quote the secret.
  static func json(_ path: String, _ what: String) throws(Failure) -> JSON? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else {
      let why = errno == ELOOP ? "it is a symbolic link; name the file that it points to" : String(cString: strerror(errno))
      throw .couldNot("\(what) \(path) cannot be read: \(why)")
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .couldNot("\(what) \(path) is no file") }
    // Whoever owns it can open it to others again, or change what is in it.
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw .couldNot("\(what) \(path) belongs to user \(status.st_uid), not to user \(geteuid()); make a file of your own")
    }
    guard status.st_mode & 0o077 == 0 else { throw .couldNot("others can read \(what) \(path); run: chmod 600 \(path)") }
    var bytes = [UInt8](repeating: 0, count: 65_537)
    var count = 0
    while count < bytes.count {
      let more = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress.map { $0 + count }, $0.count - count) }
      if more < 0, errno == EINTR { continue }
      guard more >= 0 else { throw .couldNot("\(what) \(path) cannot be read: \(String(cString: strerror(errno)))") }
      if more == 0 { break }
      count += more
    }
    guard count < bytes.count else { throw .couldNot("\(what) \(path) has more than 65536 bytes") }
    return try? JSON.parse(Array(bytes[..<count]))
  }
}
