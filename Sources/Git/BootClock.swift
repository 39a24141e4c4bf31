internal import Glibc

/// The time since the machine started, suspend included: what deadlines are measured with, because nobody sets it.
public enum BootClock {
  public static var now: Duration {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
