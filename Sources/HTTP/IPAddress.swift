import CCurl
import Glibc

/// A numeric address, as far as the question goes whether the whole world may be reached through it.
struct IPAddress: Equatable, Sendable {
  /// Four, or sixteen, in network order.
  let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// `nil` where the family is neither IPv4 nor IPv6.
  init?(_ address: UnsafePointer<curl_sockaddr>) {
    let raw = UnsafeBufferPointer(start: posthorn_address(address), count: Int(address.pointee.addrlen))
    switch address.pointee.family {
    case AF_INET where raw.count >= 8: bytes = Array(raw[4..<8])  // family, port, address
    case AF_INET6 where raw.count >= 24: bytes = Array(raw[8..<24])  // family, port, flow, address
    default: return nil
    }
  }

  /// Not private, loopback, link-local, shared (CGNAT), reserved for documentation or tests, multicast; nor one of these in IPv6 clothes.
  ///
  /// - Source: the special-purpose registries of IANA (RFC 6890); NAT64: RFC 6052, RFC 8215.
  var isPublic: Bool { bytes.count == 4 ? Self.isPublic(v4: bytes) : Self.isPublic(v6: bytes) }

  private static func isPublic(v4 bytes: [UInt8]) -> Bool {
    switch (bytes[0], bytes[1], bytes[2]) {
    case (0, _, _), (10, _, _), (127, _, _), (224...255, _, _): false
    case (100, 64...127, _), (169, 254, _), (172, 16...31, _), (192, 168, _), (198, 18...19, _): false
    case (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 51, 100), (203, 0, 113): false
    default: true
    }
  }

  private static func isPublic(v6 bytes: [UInt8]) -> Bool {
    func starts(_ prefix: UInt8...) -> Bool { bytes.starts(with: prefix) }
    if starts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF) { return isPublic(v4: Array(bytes[12...])) }  // mapped
    if starts(0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0) { return isPublic(v4: Array(bytes[12...])) }  // NAT64
    if starts(0x20, 0x02) { return isPublic(v4: Array(bytes[2..<6])) }  // 6to4
    // Teredo, benchmarks, ORCHID; documentation. Outside of 2000::/3 nothing is public.
    if starts(0x20, 0x01, 0, 0) || starts(0x20, 0x01, 0, 2) || starts(0x20, 0x01, 0x0D, 0xB8) || starts(0x3F, 0xFF) { return false }
    if starts(0x20, 0x01, 0), (0x10...0x2F).contains(bytes[3]) { return false }
    return bytes[0] & 0xE0 == 0x20
  }
}
