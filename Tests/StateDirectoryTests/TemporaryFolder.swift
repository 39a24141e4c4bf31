import Foundation
import Glibc
import StateDirectory

/// A folder for one test, removed with everything in it when the test lets go of it.
final class TemporaryFolder: Sendable {
  let path: String

  init(under parent: String = "/tmp") throws {
    var template = Array("\(parent)/posthorn-state-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(number: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  // What cannot be removed is litter in /tmp, not a failed test.
  deinit { try? FileManager.default.removeItem(atPath: path) }

  var state: Folder { get throws { try Folder(at: path + "/state") } }

  struct Failure: Error { let number: Int32 }
}

/// The bytes of the file at `path`.
func bytes(at path: String) throws -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw TemporaryFolder.Failure(number: errno) }
  defer { close(descriptor) }
  var (all, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    guard count >= 0 else { throw TemporaryFolder.Failure(number: errno) }
    if count == 0 { return all }
    all += chunk[..<count]
  }
}

/// Makes the file at `path` hold exactly `bytes`, as something other than Posthorn would.
func put(_ bytes: [UInt8], at path: String) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
  guard descriptor >= 0 else { throw TemporaryFolder.Failure(number: errno) }
  defer { close(descriptor) }
  guard write(descriptor, bytes, bytes.count) == bytes.count else { throw TemporaryFolder.Failure(number: errno) }
}
