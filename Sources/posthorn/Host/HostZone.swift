import Glibc
import Schedule

extension Zones {
  /// The zone that this host's clock is shown in: `TZ`, else what `/etc/localtime` points to, else UTC.
  var ofHost: String {
    if let name = Environment.current["TZ"], contains(name) { return name }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { bytes in
      bytes.baseAddress.map { readlink("/etc/localtime", $0, bytes.count) } ?? 0
    }
    let target = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    let name = target.firstRange(of: "zoneinfo/").map { String(target[$0.upperBound...]) } ?? ""
    return contains(name) ? name : "UTC"
  }
}
