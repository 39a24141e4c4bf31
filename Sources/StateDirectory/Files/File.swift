import Glibc

/// An open file: owns one descriptor and closes it exactly once.
struct File: ~Copyable, Sendable {
  let descriptor: Int32
  let path: String
  private let trust: Trust

  /// Opens `name` in the folder behind `folder`. It never follows a link and is never inherited by a child.
  init(_ name: String, in folder: borrowing Folder, _ flags: Int32, step: String = "open") throws(StateError) {
    path = folder.path(of: name)
    trust = folder.trust
    let root = folder.descriptor
    descriptor = try check(step, path) { openat(root, name, flags | O_CLOEXEC | O_NOFOLLOW, 0o600) }
  }

  deinit { _ = close(descriptor) }

  /// Writes all of `bytes` at the file's position, however often the system takes only a part.
  func write(_ bytes: UnsafeRawBufferPointer, step: String = "write") throws(StateError) {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
      let count = rest.count
      let written = try check(step, path) { Glibc.write(descriptor, base, count) }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
  }

  func write(_ bytes: [UInt8], step: String = "write") throws(StateError) {
    try withBytes(of: bytes) { buffer throws(StateError) in try write(buffer, step: step) }
  }

  /// Writes all of `bytes` over the beginning of the file, in one go or not at all as far as this says.
  func overwrite(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) } == bytes.count }

  func flush(step: String = "flush") throws(StateError) { try trust.flush(path, step: step) { fsync(descriptor) } }
  func flushData(step: String = "flush") throws(StateError) { try trust.flush(path, step: step) { fdatasync(descriptor) } }

  /// The whole content, read in one go into memory that was asked for once.
  func readAll(limit: Int) throws(StateError) -> [UInt8] {
    let size = Int(try status().st_size)
    guard size <= limit else { throw StateError("read", path, .tooLarge(size, limit: limit)) }
    return try read(size)
  }

  /// The first `size` bytes, or as many as there are.
  func read(_ size: Int) throws(StateError) -> [UInt8] {
    var failure: StateError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      do throws(StateError) {
        while count < size, let base = buffer.baseAddress {
          let filled = count
          let more = try check("read", path) { pread(descriptor, base + filled, size - filled, filled) }
          guard more > 0 else { break }
          count += more
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  func status() throws(StateError) -> stat {
    var answer = stat()
    try check("look at", path) { fstat(descriptor, &answer) }
    return answer
  }

  var identity: FileIdentity {
    get throws(StateError) { FileIdentity(try status()) }
  }
}

/// Which file a name or descriptor stands for, whatever its name.
struct FileIdentity: Equatable, Sendable {
  let device: UInt64
  let inode: UInt64

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }
}

/// Hands the bytes to a call that wants memory, and passes its typed error on.
func withBytes<Answer>(
  of bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(StateError) -> Answer
) throws(StateError) -> Answer {
  let result = bytes.withUnsafeBytes { buffer -> Result<Answer, StateError> in
    do throws(StateError) { return .success(try body(buffer)) } catch { return .failure(error) }
  }
  return try result.get()
}

/// Runs one system call, again if a signal interrupted it, and turns -1 into a ``StateError``.
@discardableResult
func check<Answer: SignedInteger>(_ step: String, _ path: String, _ call: () -> Answer) throws(StateError) -> Answer {
  while true {
    let answer = call()
    if answer != -1 { return answer }
    let number = errno
    if number != EINTR { throw StateError(step, path, .system(number)) }
  }
}
