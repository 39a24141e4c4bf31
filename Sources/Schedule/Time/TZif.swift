/// Why bytes are not a zone that can be trusted.
public enum ZoneError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file is not TZif, or is cut or damaged there.
  case damaged(zone: String, reason: String)
  /// The rule for the years after the table, which the file ends with, cannot be read.
  case footer(zone: String, text: String)

  public var description: String {
    switch self {
    case .damaged(let zone, let reason): "the time zone file of \(zone) is damaged: \(reason); reinstall tzdata"
    case .footer(let zone, let text):
      "the time zone file of \(zone) ends with the rule \"\(text.printable)\", which cannot be read; reinstall tzdata"
    }
  }
}

/// The contents of a TZif file, checked: the transitions of one zone and the rule for the time after them.
///
/// - Source: RFC 8536 and RFC 9636, versions 1 to 4; the 64-bit block where there is one.
struct TZif {
  /// A stretch of local time: its offset, what it is called, and whether it is daylight saving.
  struct Kind: Equatable {
    var offset: Int64
    var abbreviation: String
    var isDaylight = false
  }

  var kinds: [Kind]
  /// Ascending, in seconds since 1970.
  var transitions: [Int64]
  /// The kind that starts at the transition of the same index.
  var kindAtTransition: [UInt8]
  var footer: FooterRule?

  /// Larger than any file of tzdata by far; the bound is for hostile ones.
  static let maximumSize = 1 << 18

  init(zone: String, bytes: [UInt8]) throws(ZoneError) {
    var reader = Reader(zone: zone, bytes: bytes)
    guard bytes.count <= Self.maximumSize else { throw reader.damage("it has more than \(Self.maximumSize) bytes") }
    let first = try reader.header()
    guard first.version >= 2 else {
      self = try reader.block(first, timeSize: 4)
      return
    }
    try reader.skip(first.size(timeSize: 4))
    let second = try reader.header()
    self = try reader.block(second, timeSize: 8)
    footer = try reader.footer()
  }

  fileprivate init(kinds: [Kind], transitions: [Int64], kindAtTransition: [UInt8]) {
    self.kinds = kinds
    self.transitions = transitions
    self.kindAtTransition = kindAtTransition
  }
}

/// The counts in front of a data block.
private struct Header {
  var version: Int
  var utIndicators: Int
  var standardIndicators: Int
  var leapSeconds: Int
  var transitions: Int
  var kinds: Int
  var characters: Int

  /// Bytes of the block that follows.
  func size(timeSize: Int) -> Int {
    transitions * (timeSize + 1) + kinds * 6 + characters + leapSeconds * (timeSize + 4) + standardIndicators + utIndicators
  }
}

private struct Reader {
  let zone: String
  let bytes: [UInt8]
  var position = 0

  init(zone: String, bytes: [UInt8]) {
    self.zone = zone
    self.bytes = bytes
  }

  func damage(_ reason: String) -> ZoneError { .damaged(zone: zone, reason: reason) }

  mutating func header() throws(ZoneError) -> Header {
    let start = position
    try skip(44)
    guard bytes[start..<start + 4].elementsEqual("TZif".utf8) else { throw damage("no TZif header at byte \(start)") }
    let version: Int
    switch bytes[start + 4] {
    case 0: version = 1
    case let digit where digit >= 0x32: version = Int(digit) - 0x30  // later versions are made to be read as the newest known
    default: throw damage("unknown version at byte \(start + 4)")
    }
    var counts: [Int] = []
    for index in 0..<6 {
      let count = integer(at: start + 20 + index * 4, size: 4) & 0xFFFF_FFFF
      guard count <= TZif.maximumSize else { throw damage("a count at byte \(start + 20 + index * 4) is out of range") }
      counts.append(Int(count))
    }
    return Header(
      version: version, utIndicators: counts[0], standardIndicators: counts[1], leapSeconds: counts[2], transitions: counts[3],
      kinds: counts[4], characters: counts[5])
  }

  mutating func block(_ header: Header, timeSize: Int) throws(ZoneError) -> TZif {
    guard (1...256).contains(header.kinds), header.characters > 0 else { throw damage("it has no kinds of local time") }
    guard header.leapSeconds == 0 else { throw damage("it counts leap seconds, as the zones under right/ do") }
    let times = position
    try skip(header.size(timeSize: timeSize))
    let indexes = times + header.transitions * timeSize
    let records = indexes + header.transitions
    let names = bytes[(records + header.kinds * 6)..<(records + header.kinds * 6 + header.characters)]

    var kinds: [TZif.Kind] = []
    for record in stride(from: records, to: records + header.kinds * 6, by: 6) {
      let offset = integer(at: record, size: 4)
      guard (-89_999...93_599).contains(offset) else { throw damage("an offset of \(offset) seconds") }
      let name = names.dropFirst(Int(bytes[record + 5])).prefix { $0 != 0 }
      guard names.startIndex + Int(bytes[record + 5]) + name.count < names.endIndex, name.allSatisfy({ (0x20...0x7E).contains($0) })
      else { throw damage("an abbreviation without an end") }
      kinds.append(.init(offset: offset, abbreviation: String(decoding: name, as: UTF8.self), isDaylight: bytes[record + 4] == 1))
    }
    var transitions: [Int64] = []
    transitions.reserveCapacity(header.transitions)
    for index in 0..<header.transitions {
      // Far enough from the ends of Int64 that adding an offset cannot overflow.
      let time = min(max(integer(at: times + index * timeSize, size: timeSize), .min / 4), .max / 4)
      guard transitions.last.map({ $0 < time }) ?? true else { throw damage("transition \(index) is not after the one before it") }
      transitions.append(time)
    }
    let kindAtTransition = Array(bytes[indexes..<records])
    guard kindAtTransition.allSatisfy({ Int($0) < kinds.count }) else { throw damage("a transition to a kind that is not there") }
    return TZif(kinds: kinds, transitions: transitions, kindAtTransition: kindAtTransition)
  }

  /// The line that ends the file; empty where the zone has no rule for the time after the table.
  mutating func footer() throws(ZoneError) -> FooterRule? {
    let line = bytes[position...]
    guard line.first == 0x0A, let end = line.dropFirst().firstIndex(of: 0x0A) else { throw damage("no footer at byte \(position)") }
    let text = line[(position + 1)..<end]
    if text.isEmpty { return nil }
    guard let rule = FooterRule(text) else { throw .footer(zone: zone, text: String(decoding: text.prefix(64), as: UTF8.self)) }
    return rule
  }

  mutating func skip(_ count: Int) throws(ZoneError) {
    guard count <= bytes.count - position else { throw damage("it ends after \(bytes.count) bytes") }
    position += count
  }

  /// A big-endian two's complement integer; the caller has checked that it is there.
  func integer(at start: Int, size: Int) -> Int64 {
    var value: UInt64 = bytes[start] & 0x80 == 0 ? 0 : .max
    for byte in bytes[start..<start + size] { value = value << 8 | UInt64(byte) }
    return Int64(bitPattern: value)
  }
}
