import CLinux
import Glibc

enum Memory {
  /// Gives back what this program does not need any more, and forgets that it did: Linux counts a child's peak from before `exec`.
  static func letGo() {
    malloc_trim(0)
    forgetPeak(of: getpid())
  }

  /// Has the most that ``peak(of:)`` says begin anew, at what is resident now. Source: proc(5), `clear_refs`.
  static func forgetPeak(of pid: pid_t) {
    // Where that is forbidden, the peak of the start stays in the figure, which is then too large and not too small.
    try? Files.write("5", to: "/proc/\(pid)/clear_refs")
  }

  /// The most bytes that a process has had resident so far; `nil` where it has ended.
  static func peak(of pid: pid_t) -> Int? {
    value("VmHWM:", of: pid)
  }

  /// The bytes that a process has resident now; `nil` where it has ended.
  static func resident(of pid: pid_t) -> Int? { value("VmRSS:", of: pid) }

  private static func value(_ name: String, of pid: pid_t) -> Int? {
    guard let status = try? Files.text("/proc/\(pid)/status") else { return nil }  // it has ended
    let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }
}
