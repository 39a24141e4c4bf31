/// CRC-32C (Castagnoli), eight bytes at a time by tables. Source: RFC 3720, 12.1 and B.4.
package struct CRC32C: Sendable {
  private var state: UInt32 = ~0

  package init() {}

  package var value: UInt32 { ~state }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    var (crc, offset) = (state, 0)
    Self.tables.withUnsafeBufferPointer { table in
      while offset + 8 <= bytes.count {
        let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) ^ UInt64(crc)
        crc = 0
        for byte in 0..<8 { crc ^= table[(7 - byte) &* 256 &+ Int((word >> (UInt64(byte) &* 8)) & 0xFF)] }
        offset += 8
      }
      while offset < bytes.count {
        crc = (crc >> 8) ^ table[Int((crc ^ UInt32(bytes[offset])) & 0xFF)]
        offset += 1
      }
    }
    state = crc
  }

  package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// Table k at 256 k: what a byte does to the checksum k bytes later. The polynomial is 0x1EDC6F41 with its bits reversed.
  private static let tables: [UInt32] = {
    var tables: [UInt32] = []
    for byte: UInt32 in 0..<256 {
      var crc = byte
      for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
      tables.append(crc)
    }
    for index in 256..<2048 {
      let before = tables[index - 256]
      tables.append((before >> 8) ^ tables[Int(before & 0xFF)])
    }
    return tables
  }()
}
