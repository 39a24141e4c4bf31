import Foundation
import Support

/// A wall clock for one process at a time, which can be set while it runs; the clock that counts from boot stays as it is.
///
/// - Source: faketime(1), of Debian's `libfaketime`.
struct FakeClock: Sendable {
  private let file: String

  private static let library = "/usr/lib/\(architecture)-linux-gnu/faketime/libfaketimeMT.so.1"
  static let isInstalled = FileManager.default.fileExists(atPath: library)

  /// - Parameter file: where it is kept how far it is off.
  init(_ file: String, ahead seconds: Int = 0) throws {
    self.file = file
    try set(ahead: seconds)
  }

  func set(ahead seconds: Int) throws {
    try Data("\(seconds < 0 ? "-" : "+")\(abs(seconds))\n".utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
  }

  /// What a process that lives by it needs.
  var environment: [String: String] {
    [
      "LD_PRELOAD": Self.library, "FAKETIME_TIMESTAMP_FILE": file, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1",
      "NO_FAKE_STAT": "1",
    ]
  }

  private static var architecture: String {
    #if arch(arm64)
      "aarch64"
    #else
      "x86_64"
    #endif
  }
}
