import ArgumentParser
import Glibc
import Signatures

/// The flag that names the key under which records are written; the host's alone, never from the repository.
struct SealFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "An owner-only Ed25519 key in PEM that seals what is recorded; daemons and jobs of one repository share it. (default: one of the state "
        + "directory's own)", valueName: "file"))
  var sealKey: String?

  /// The key; `nil` where the host names none.
  func key(_ host: HostOptions) throws(Failure) -> SigningKey? {
    guard let path = sealKey ?? host[.sealKey] else { return nil }
    guard let key = SigningKey(pem: String(decoding: try Self.bytes(path), as: UTF8.self)) else {
      throw .couldNot("the key \(path) is no Ed25519 key in PEM; make one with: openssl genpkey -algorithm ed25519 -out \(path)")
    }
    return key
  }

  /// It is looked at once it is open, so that it is the file that is read.
  private static func bytes(_ path: String) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .couldNot("the key \(path) cannot be read: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .couldNot("the key \(path) is no plain file") }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw .couldNot("the key \(path) belongs to user \(status.st_uid); run: chown \(geteuid()) \(path)")
    }
    guard status.st_mode & 0o077 == 0 else { throw .couldNot("others can read the key \(path); run: chmod 600 \(path)") }
    do { return try FileBytes.read(descriptor, named: path, atMost: 4096) } catch { throw .couldNot("\(error)") }
  }
}
