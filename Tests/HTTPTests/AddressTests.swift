import Glibc
import Testing

@testable import HTTP

@Suite("An address")
struct AddressTests {
  @Test(
    "Is not public where only this network can reach it",
    arguments: [
      "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1",
      "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
      "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
      "64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1",
      "2001:db8::1", "2001::1", "2001:2::1", "2001:10::1", "2002:7f00:1::", "2002:a00:1::", "3fff::1",
    ])
  func isPrivate(text: String) throws { #expect(try !address(text).isPublic) }

  @Test(
    "Is public otherwise, just beside the reserved ranges too",
    arguments: [
      "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
      "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
      "2606:4700::1111", "2a00:1450:4001::200e", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::",
    ])
  func isPublic(text: String) throws { #expect(try address(text).isPublic) }

  @Test(
    "Is refused by policy: private without permission, plain http to a public one",
    arguments: [
      ("10.0.0.1", Origin.Scheme.https, false, false), ("10.0.0.1", .https, true, true), ("10.0.0.1", .http, true, true),
      ("10.0.0.1", .http, false, false), ("1.1.1.1", .https, false, true), ("1.1.1.1", .https, true, true), ("1.1.1.1", .http, true, false),
      ("1.1.1.1", .http, false, false),
    ])
  func policy(text: String, scheme: Origin.Scheme, allowsPrivate: Bool, isAllowed: Bool) throws {
    let origin = Origin(scheme: scheme, host: "hooks.example")
    let policies = [AddressPolicy(allowsPrivateHosts: allowsPrivate), AddressPolicy(origins: allowsPrivate ? [origin] : [])]
    for policy in policies { #expect(try (policy.objection(to: address(text), of: origin) == nil) == isAllowed) }
  }

  private func address(_ text: String) throws -> IPAddress {
    var bytes = [UInt8](repeating: 0, count: text.contains(":") ? 16 : 4)
    try #require(inet_pton(bytes.count == 4 ? AF_INET : AF_INET6, text, &bytes) == 1)
    return IPAddress(bytes: bytes)
  }
}
