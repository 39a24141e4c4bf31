import FoundationEssentials

/// Blocks of base64 between `-----BEGIN PGP …-----` and `-----END PGP …-----`. Source: RFC 4880, section 6.2; its checksum protects nothing.
enum OpenPGPArmor {
  static let beginSignature = "-----BEGIN PGP SIGNATURE-----"

  /// The bytes of each block of that kind; text around them is left alone.
  static func blocks(_ kind: String, in text: String) throws(SignatureError) -> [[UInt8]] {
    var blocks: [[UInt8]] = []
    var lines: [String]?
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let line = line.trimmed
      switch (line, lines) {
      case ("-----BEGIN PGP \(kind)-----", _): lines = []
      case ("-----END PGP \(kind)-----", let found?):
        blocks.append(try decoded(found))
        lines = nil
      case (_, .some): lines?.append(line)
      case (_, nil): break
      }
    }
    guard lines == nil else { throw .malformed("-----END PGP \(kind)----- is missing") }
    return blocks
  }

  /// Headers end with an empty line, and a line of `=` and four characters is the checksum.
  private static func decoded(_ lines: [String]) throws(SignatureError) -> [UInt8] {
    let start = lines.firstIndex(of: "").map { $0 + 1 } ?? 0
    let body = lines[start...].filter { !$0.hasPrefix("=") }
    guard let data = Data(base64Encoded: body.joined()) else { throw .malformed("it is no base64") }
    return Array(data)
  }
}

/// One packet of OpenPGP. Source: RFC 4880, section 4.
struct OpenPGPPacket {
  let tag: UInt8
  let body: [UInt8]

  static let signature: UInt8 = 2
  static let secretKey: UInt8 = 5
  static let publicKey: UInt8 = 6
  static let secretSubkey: UInt8 = 7
  static let subkey: UInt8 = 14

  static func packets(_ bytes: [UInt8]) throws(SignatureError) -> [OpenPGPPacket] {
    var reader = ByteReader(bytes)
    var packets: [OpenPGPPacket] = []
    while !reader.isAtEnd { packets.append(try packet(&reader)) }
    return packets
  }

  private static func packet(_ reader: inout ByteReader) throws(SignatureError) -> OpenPGPPacket {
    let head = try reader.byte()
    guard head & 0x80 != 0 else { throw .malformed("it is no packet of OpenPGP") }
    if head & 0x40 != 0 { return OpenPGPPacket(tag: head & 0x3F, body: try reader.bytes(try newLength(&reader))) }
    guard head & 3 != 3 else { throw .unsupported("a packet without a length") }
    return OpenPGPPacket(tag: head >> 2 & 0x0F, body: try reader.bytes(try reader.number(1 << Int(head & 3))))
  }

  /// The length of a packet or a subpacket in the new form; partial lengths are for data, and there is none here.
  static func newLength(_ reader: inout ByteReader) throws(SignatureError) -> Int {
    let first = Int(try reader.byte())
    switch first {
    case 0..<192: return first
    case 192..<224: return (first - 192) << 8 + Int(try reader.byte()) + 192
    case 255: return try reader.number(4)
    default: throw .unsupported("a packet in parts")
    }
  }
}
