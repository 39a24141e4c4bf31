import Glibc

/// Names a start of the machine: another one for each.
enum BootID {
  /// Empty where there is no `/proc`. Source: `/proc/sys/kernel/random/boot_id`, random(4).
  static let current: String = {
    let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(file, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)).prefix { $0 > 0x20 }, as: UTF8.self)
  }()
}
