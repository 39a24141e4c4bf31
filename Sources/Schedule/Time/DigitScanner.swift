/// Reads digits and punctuation from the front of a text, one expectation at a time.
struct DigitScanner<Bytes: Collection<UInt8>> {
  private(set) var rest: Bytes.SubSequence

  init(_ bytes: Bytes) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }
  var next: UInt8? { rest.first }

  /// Steps over `character` if it is next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }

  mutating func skip() { rest = rest.dropFirst() }

  /// A number of exactly `width` digits.
  mutating func number(width: Int) -> Int? { number(digits: width...width) }

  /// A number of as many digits as there are, if their count is in `digits`; at most 18 of them.
  mutating func number(digits: ClosedRange<Int>) -> Int? {
    var value = 0
    var count = 0
    while let byte = rest.first, (0x30...0x39).contains(byte), count < digits.upperBound {
      value = value * 10 + Int(byte - 0x30)
      count += 1
      rest = rest.dropFirst()
    }
    return count >= digits.lowerBound ? value : nil
  }

  /// Up to `maximum` digits of a decimal fraction, as thousandths, the rest cut off.
  mutating func fraction(maximum: Int) -> Int? {
    let before = rest.count
    guard let digits = number(digits: 1...maximum) else { return nil }
    var thousandths = digits
    var places = before - rest.count
    while places < 3 {
      thousandths *= 10
      places += 1
    }
    while places > 3 {
      thousandths /= 10
      places -= 1
    }
    return thousandths
  }
}
