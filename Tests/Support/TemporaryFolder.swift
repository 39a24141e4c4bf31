public import Foundation

/// A folder of one test's own, removed with everything in it when nobody holds it any more.
public final class TemporaryFolder: Sendable {
  public let url: URL
  public var path: String { url.path }

  public init(_ name: String = "test") throws {
    url = URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath()
      .appendingPathComponent("\(name)-\(UUID().uuidString.prefix(13))", isDirectory: true)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(at: url) }  // Nothing depends on it, and a test cannot wait for it.

  /// The path of `name` in this folder.
  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a file, its folders first.
  public func write(_ text: String, to name: String, mode: Int = 0o600) throws {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
  }
}
