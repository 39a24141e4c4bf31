/// Which journal a segment or frame belongs to: 128 random bits, made with the journal.
///
/// Every checksum starts with it, so a stale frame of another journal, or one that somebody wrote into the text of a post, never counts.
struct JournalID: Equatable, Sendable, CustomStringConvertible {
  let high: UInt64
  let low: UInt64

  init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

  static func random() -> JournalID { JournalID(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max)) }

  var checksum: CRC32C {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: high)
    bytes.append(littleEndian: low)
    var checksum = CRC32C()
    checksum.update(bytes)
    return checksum
  }

  var description: String {
    [high, low].map { number in
      let digits = String(number, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
