import Testing

@testable import StateDirectory

@Suite("The checksum")
struct CRC32CTests {
  @Test(
    "It is CRC-32C, by the examples of RFC 3720, B.4",
    arguments: [
      (Array(repeating: 0, count: 32), 0x8A91_36AA), (Array(repeating: 0xFF, count: 32), 0x62A8_AB43),
      (Array(0...31), 0x46DD_794E), (Array((0...31).reversed()), 0x113F_DB5C), (Array("123456789".utf8), 0xE306_9283), ([], 0),
    ] as [([UInt8], UInt32)])
  func examples(bytes: [UInt8], value: UInt32) {
    var checksum = CRC32C()
    checksum.update(bytes)
    #expect(checksum.value == value)
  }

  @Test("It does not matter in which pieces the bytes come")
  func pieces() {
    let bytes = (0..<100).map { UInt8($0 * 7 % 251) }
    var whole = CRC32C()
    whole.update(bytes)
    for cut in 0...100 {
      var parts = CRC32C()
      parts.update(Array(bytes[..<cut]))
      parts.update(Array(bytes[cut...]))
      #expect(parts.value == whole.value)
    }
  }
}
