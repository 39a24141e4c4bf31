import Glibc
import Schedule

/// Reads many small files below one folder into one buffer. One reader belongs to one thread.
struct FileReader: ~Copyable {
  private let folder: String
  /// The folder itself: each path is looked up from here on, not from the root.
  private let place: Int32
  /// One byte more than a file may have, so that a longer one shows.
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024 * 1024 + 1, alignment: 16)

  /// - Parameter folder: absolute, and empty for the root.
  init(below folder: String) throws(FileError) {
    place = open("\(folder)/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard place >= 0 else { throw FileError(path: "\(folder)/", code: errno) }
    self.folder = folder
  }

  deinit {
    close(place)
    buffer.deallocate()
  }

  /// Calls `body` with the first bytes of the file at a relative path, which live for the call only. A link is not followed.
  func read<Result>(_ path: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) throws(FileError) -> Result {
    let descriptor = openat(place, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: "\(folder)/\(path)", code: errno) }
    defer { close(descriptor) }
    var count = 0
    while count < buffer.count {
      let asked = buffer.count - count
      let got = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), asked)
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw FileError(path: "\(folder)/\(path)", code: errno) }
      count += got
      // A regular file that gives less than was asked for is at its end.
      if got < asked { break }
    }
    return body(UnsafeBufferPointer(rebasing: buffer.bindMemory(to: UInt8.self)[..<count]))
  }
}
