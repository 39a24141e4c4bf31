import Glibc

/// The open file of a transfer: what its body is read from, or what the answer is written to.
struct TransferFile: ~Copyable {
  /// Why a file is of no use.
  struct Problem: Error {
    let words: String
  }

  private let descriptor: Int32
  private var position: Int64
  /// What may still be read, or written.
  private var left: Int64
  /// Set with the first byte, or the end, of an answer that goes here.
  private(set) var hasBegun = false

  /// Opens what is to be sent. A file that is shorter than said is of no use.
  static func reading(_ slice: FileSlice) throws(Problem) -> TransferFile {
    let file = TransferFile(try opened(slice.path, O_RDONLY), from: slice.offset, atMost: slice.length)
    var status = stat()
    guard fstat(file.descriptor, &status) == 0 else { throw Problem(words: systemWords("the file to send cannot be looked at")) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Problem(words: "what is to be sent is not a file") }
    guard slice.offset >= 0, slice.length >= 0, slice.length <= Int64(status.st_size) - slice.offset else {
      throw Problem(words: "the file to send has \(status.st_size) bytes, fewer than \(slice.length) from \(slice.offset) on")
    }
    return file
  }

  /// Opens what is to be written; nothing in it changes before the answer begins.
  static func writing(_ sink: FileSink) throws(Problem) -> TransferFile {
    TransferFile(try opened(sink.path, O_WRONLY | O_CREAT), from: sink.offset, atMost: max(0, sink.limit - sink.offset))
  }

  private static func opened(_ path: String, _ flags: Int32) throws(Problem) -> Int32 {
    let descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)  // not waiting is for what turns out to be a pipe
    guard descriptor >= 0 else { throw Problem(words: systemWords("the file cannot be opened")) }
    return descriptor
  }

  private init(_ descriptor: Int32, from position: Int64, atMost left: Int64) {
    (self.descriptor, self.position, self.left) = (descriptor, position, left)
  }

  deinit { close(descriptor) }

  /// The next bytes; 0 once all have been given.
  mutating func read(into room: UnsafeMutableRawBufferPointer) throws(Problem) -> Int {
    let wanted = Int(min(Int64(room.count), left))
    guard wanted > 0 else { return 0 }
    let count = again { pread(descriptor, room.baseAddress, wanted, off_t(position)) }
    guard count > 0 else {
      throw Problem(words: count == 0 ? "the file became shorter while it was sent" : systemWords("the file cannot be read"))
    }
    position += Int64(count)
    left -= Int64(count)
    return count
  }

  /// Makes the file as long as what the answer goes on from: all of it for a 206, nothing for any other.
  mutating func begin(status: Int, _ sink: FileSink) throws(Problem) {
    guard !hasBegun else { return }
    hasBegun = true
    position = status == 206 ? sink.offset : 0
    left = max(0, sink.limit - position)
    guard ftruncate(descriptor, off_t(position)) == 0 else { throw Problem(words: systemWords("the file cannot be cut")) }
  }

  /// Writes as many of the bytes as the limit leaves room for, and says how many.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(Problem) -> Int {
    var rest = UnsafeRawBufferPointer(rebasing: bytes.prefix(Int(min(Int64(bytes.count), left))))
    let total = rest.count
    while !rest.isEmpty {
      let count = again { pwrite(descriptor, rest.baseAddress, rest.count, off_t(position)) }
      guard count > 0 else { throw Problem(words: systemWords("the file cannot be written")) }
      position += Int64(count)
      left -= Int64(count)
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return total
  }
}

private func again(_ call: () -> Int) -> Int {
  var result = call()
  while result < 0, errno == EINTR { result = call() }
  return result
}

private func systemWords(_ what: String) -> String { "\(what): " + String(cString: strerror(errno)) }
