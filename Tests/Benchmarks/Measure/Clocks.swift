import Glibc

enum Clocks {
  /// Nanoseconds since 1970, on the clock that due times are about.
  static var real: Int64 { read(CLOCK_REALTIME) }

  /// Nanoseconds since some moment, on a clock that nobody sets.
  static var steady: Int64 { read(CLOCK_MONOTONIC) }

  /// Nanoseconds of processor time that a process and all its threads have used; `nil` where it has ended.
  static func processor(of pid: pid_t) -> Int64? {
    var clock = clockid_t()
    guard clock_getcpuclockid(pid, &clock) == 0 else { return nil }
    var time = timespec()
    guard clock_gettime(clock, &time) == 0 else { return nil }
    return nanoseconds(time)
  }

  static func sleep(milliseconds: Int) { usleep(UInt32(milliseconds) * 1000) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return nanoseconds(time)
  }

  private static func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) }

  /// Seconds between two readings of a clock.
  static func seconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1e9 }
}
