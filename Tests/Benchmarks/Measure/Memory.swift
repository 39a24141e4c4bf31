import Glibc

enum Memory {
  /// The most bytes that a process has had resident so far; `nil` where it has ended.
  static func peak(of pid: pid_t) -> Int? {
    guard let status = try? Files.text("/proc/\(pid)/status") else { return nil }  // it has ended
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }
}
