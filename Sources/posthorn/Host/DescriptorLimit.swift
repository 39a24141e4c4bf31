import Glibc

/// How many file descriptors this process may have, as far as the engine's appetite goes.
enum DescriptorLimit {
  /// How many deliveries may be in flight at once: each may hold a socket, and a delivery that finds none uses up a try for nothing.
  static var deliveriesInFlight: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return most }
    return max(1, min(most, Int(clamping: limit.rlim_cur) - reserved))
  }

  private static let most = 342
  /// For the journal, the lock, git's packs and its connection, and files that are being replaced.
  private static let reserved = 40
}
