import Foundation

/// The most memory that this process had resident since it was last asked to forget.
public enum PeakMemory {
  /// Forgets the peak; what is resident now.
  ///
  /// - Source: proc(5), `/proc/pid/clear_refs`.
  public static func reset() throws -> Int {
    try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    return try bytes()
  }

  public static func bytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
  }
}
