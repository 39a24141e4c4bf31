import Crypto
import Glibc
import Schedule

/// The file that an object comes into: what is here of it, and whether that is it.
struct PartFile: Sendable {
  let path: String

  /// How many bytes are here. Makes the file where it is missing.
  func size() throws(DeliveryError) -> Int64 {
    try opened(O_RDWR | O_CREAT) { descriptor in
      var status = stat()
      return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : nil
    }
  }

  func empty() throws(DeliveryError) {
    _ = try opened(O_WRONLY | O_CREAT) { ftruncate($0, 0) == 0 ? 0 : nil }
  }

  /// - Returns: what `body` does; `nil` from it is the system's no.
  private func opened(_ flags: Int32, _ body: (Int32) -> Int64?) throws(DeliveryError) -> Int64 {
    let descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, let answer = body(descriptor) else {
      throw DeliveryError(
        .transient, code: "media.local", message: "this host cannot keep it in \(path): \(String(cString: strerror(errno)))")
    }
    return answer
  }
}

/// The digest of a file of any size.
public enum FileDigest {
  /// SHA-256 in hexadecimal; `nil` where the file cannot be read. Lets other tasks run after each mebibyte.
  public static func sha256(_ path: String) async -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var hash = SHA256()
    var room = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(descriptor, &room, room.count)
      if count == 0 { break }
      if count < 0 {
        guard errno == EINTR else { return nil }
        continue
      }
      room.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      await Task.yield()
    }
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
