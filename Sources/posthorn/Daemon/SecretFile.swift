import Glibc
import Schedule

/// A JSON file of the host that holds a secret, and that nobody else can read.
enum SecretFile {
  /// - Parameter what: what it is called in the failure.
  /// - Returns: `nil` where it is not JSON; what is wrong with it is not said, because the message would quote the secret.
  static func json(_ path: String, _ what: String) throws(Failure) -> JSON? {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .couldNot("\(what) \(path) cannot be read: \(String(cString: strerror(errno)))") }
    guard status.st_mode & 0o077 == 0 else { throw .couldNot("others can read \(what) \(path); run: chmod 600 \(path)") }
    let bytes: [UInt8]
    do { bytes = try FileBytes.read(path, atMost: 65_536) } catch { throw .couldNot("\(error)") }
    return try? JSON.parse(bytes)
  }
}
