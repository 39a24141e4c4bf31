import Glibc

enum Files {
  static func bytes(_ path: String) throws(BenchFailure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count >= 0 else { throw failure("read", path) }
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
    }
  }

  static func text(_ path: String) throws(BenchFailure) -> String { String(decoding: try bytes(path), as: UTF8.self) }

  static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws(BenchFailure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw failure("make", path) }
    defer { close(descriptor) }
    try write(Array(text.utf8), to: descriptor, path)
  }

  static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(BenchFailure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else { throw failure("write", path) }
      rest = rest.dropFirst(count)
    }
  }

  /// Makes a folder for its owner alone; its parent is there.
  static func makeFolder(_ path: String) throws(BenchFailure) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("make the folder", path) }
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func failure(_ step: String, _ path: String) -> BenchFailure {
    BenchFailure("cannot \(step) \(path): \(String(cString: strerror(errno)))")
  }
}
