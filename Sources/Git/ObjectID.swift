internal import CGit2

/// The name of a git object: the SHA-1 of what it holds, 20 bytes, kept inline.
public struct ObjectID: Hashable, Sendable, CustomStringConvertible {
  // Big-endian words of the 20 bytes.
  private let first: UInt64
  private let second: UInt64
  private let third: UInt32

  /// Forty hexadecimal digits in either case; nil for anything else, abbreviations included.
  public init?(hex: some StringProtocol) {
    guard hex.utf8.count == 40, let first = UInt64(bytes(hex, 0..<16)), let second = UInt64(bytes(hex, 16..<32)),
      let third = UInt32(bytes(hex, 32..<40))
    else { return nil }
    self.init(first, second, third)

    func bytes(_ hex: some StringProtocol, _ range: Range<Int>) -> [UInt8] {
      Array(hex.utf8.dropFirst(range.lowerBound).prefix(range.count))
    }
  }

  /// The 20 bytes themselves; nil for any other number of them.
  public init?(bytes: ArraySlice<UInt8>) {
    guard bytes.count == 20 else { return nil }
    self = bytes.withUnsafeBytes { buffer in
      guard let address = buffer.baseAddress else { preconditionFailure("20 bytes have an address") }
      return ObjectID(at: address)
    }
  }

  public var bytes: [UInt8] { withUnsafeBytes(of: raw) { Array($0) } }

  /// Forty lowercase hexadecimal digits.
  public var hex: String {
    String(unsafeUninitializedCapacity: 40) { text in
      for place in 0..<40 {
        let word = place < 16 ? first : place < 32 ? second : UInt64(third) << 32
        let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (place % 16)) & 15)
        text[place] = digit < 10 ? 0x30 + digit : 0x61 + digit - 10
      }
      return 40
    }
  }
  public var description: String { hex }

  var firstByte: Int { Int(first >> 56) }

  /// In the order of their bytes, which is git's.
  static func < (left: ObjectID, right: ObjectID) -> Bool {
    (left.first, left.second, left.third) < (right.first, right.second, right.third)
  }

  private init(_ first: UInt64, _ second: UInt64, _ third: UInt32) {
    self.first = first
    self.second = second
    self.third = third
  }
}

extension ObjectID {
  /// Reads the 20 bytes at `address`, which need not be aligned.
  init(at address: UnsafeRawPointer) {
    self.init(
      UInt64(bigEndian: address.loadUnaligned(as: UInt64.self)),
      UInt64(bigEndian: address.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
      UInt32(bigEndian: address.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
  }

  func write(to bytes: inout [UInt8]) { withUnsafeBytes(of: raw) { bytes.append(contentsOf: $0) } }

  init(_ oid: git_oid) {
    self = withUnsafeBytes(of: oid) { bytes in
      guard let address = bytes.baseAddress else { preconditionFailure("a git_oid has 20 bytes") }
      return ObjectID(at: address)
    }
  }

  var raw: git_oid {
    var oid = git_oid()
    withUnsafeMutableBytes(of: &oid) { bytes in
      bytes.storeBytes(of: first.bigEndian, as: UInt64.self)
      bytes.storeBytes(of: second.bigEndian, toByteOffset: 8, as: UInt64.self)
      bytes.storeBytes(of: third.bigEndian, toByteOffset: 16, as: UInt32.self)
    }
    return oid
  }

  /// The id in the words of compare-and-swap for "there is nothing".
  static let zero = ObjectID(0, 0, 0)
}

extension FixedWidthInteger {
  /// The value of ASCII hexadecimal digits; nil if one is none, a sign included.
  fileprivate init?(_ digits: [UInt8]) {
    guard digits.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }) else { return nil }
    self.init(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
