import Glibc

/// The variables that the program was started with.
enum Environment {
  /// Read from `/proc`, because C's `environ` is a variable that anybody may change; falls back to none.
  static let current: [String: String] = {
    guard let bytes = try? FileBytes.read("/proc/self/environ", atMost: 1 << 22) else { return [:] }  // Without /proc there are only flags.
    var found: [String: String] = [:]
    for entry in bytes.split(separator: 0) {
      guard let separator = entry.firstIndex(of: UInt8(ascii: "=")) else { continue }
      found[String(decoding: entry[..<separator], as: UTF8.self)] = String(decoding: entry[(separator + 1)...], as: UTF8.self)
    }
    return found
  }()
}

/// A file could not be read; `errno` says why.
struct FileError: Error, CustomStringConvertible {
  var path: String
  var code: Int32

  var description: String { "cannot read \(path): \(String(cString: strerror(code)))" }
}

enum FileBytes {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static var currentFolder: String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }

  /// The bytes of a file, at most `limit` and one more, so that a longer one shows.
  static func read(_ path: String, atMost limit: Int) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
    defer { close(descriptor) }
    return try read(descriptor, named: path, atMost: limit)
  }

  static func read(_ descriptor: Int32, named path: String, atMost limit: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while bytes.count <= limit {
      let count = Glibc.read(descriptor, &buffer, min(buffer.count, limit + 1 - bytes.count))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError(path: path, code: errno) }
      guard count > 0 else { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    return bytes
  }
}
