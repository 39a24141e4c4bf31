import Glibc
import Schedule

/// Reads many small files into one buffer. One reader belongs to one thread.
struct FileReader: ~Copyable {
  /// One byte more than a file may have, so that a longer one shows.
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024 * 1024 + 1, alignment: 16)

  deinit { buffer.deallocate() }

  /// Calls `body` with the first bytes of a file, which live for the call only. A link is not followed.
  func read<Result>(_ path: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) throws(FileError) -> Result {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
    defer { close(descriptor) }
    var count = 0
    while count < buffer.count {
      let asked = buffer.count - count
      let got = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), asked)
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw FileError(path: path, code: errno) }
      count += got
      // A regular file that gives less than was asked for is at its end.
      if got < asked { break }
    }
    return body(UnsafeBufferPointer(rebasing: buffer.bindMemory(to: UInt8.self)[..<count]))
  }
}
