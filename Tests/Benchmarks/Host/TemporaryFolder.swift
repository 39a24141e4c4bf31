import Glibc

/// Everything that a run makes lives in here; it is removed at the end, and not before: ext4 makes files slowly after many were deleted.
final class TemporaryFolder {
  let path: String
  private let isKept: Bool
  private var count = 0

  /// - Parameter parent: on the disk that is to be measured.
  init(in parent: String, isKept: Bool) throws(BenchFailure) {
    var template = Array("\(parent)/posthorn-bench-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Files.failure("make a folder in", parent) }
    path = template.withUnsafeBufferPointer { String(decoding: $0.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self) }
    self.isKept = isKept
  }

  deinit {
    if !isKept { _ = try? Child(["rm", "-rf", path]).wait() }  // what stays is a folder of the temporary ones
  }

  func path(_ name: String) -> String { "\(path)/\(name)" }

  /// A name that nothing in here has had.
  func fresh(_ name: String) -> String {
    count += 1
    return path("\(name)-\(count)")
  }
}
