import Glibc
public import Schedule

extension MediaBytes {
  /// A regular file that stays open as long as somebody reads it; `nil` where there is none. No link is followed.
  public init?(fileAt path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    let file = OpenFile(descriptor)
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
    self.init(count: Int(facts.st_size)) { offset, count in file.bytes(at: offset, count) }
  }
}

/// Closes a descriptor when nobody reads from it any more.
private final class OpenFile: Sendable {
  private let descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Fewer where the file ends, or cannot be read.
  func bytes(at offset: Int, _ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      done = 0
      while done < count {
        let more = pread(descriptor, buffer.baseAddress?.advanced(by: done), count - done, off_t(offset + done))
        if more < 0, errno == EINTR { continue }
        guard more > 0 else { return }
        done += more
      }
    }
  }
}
