/// A part of a WebM or Matroska file. Source: RFC 8794.
struct MatroskaElement {
  /// With its length marker, as it is written down everywhere: `0x1A45DFA3`.
  let id: UInt32
  /// Where in the file its content is; up to the end of what it stands in where its size is not known.
  let body: Range<Int>
  let hasSize: Bool
}

extension MediaReader {
  /// The elements that fill a range of the file, without what is in them.
  mutating func elements(in range: Range<Int>) throws(MediaFault) -> [MatroskaElement] {
    var elements: [MatroskaElement] = []
    var place = range.lowerBound
    while place < range.upperBound {
      let element = try element(at: place, before: range.upperBound)
      elements.append(element)
      place = element.body.upperBound
    }
    return elements
  }

  /// The element that begins at `place` and ends before `end`.
  mutating func element(at place: Int, before end: Int) throws(MediaFault) -> MatroskaElement {
    try takePart()
    let head = try bytes(at: place, min(12, end - place))
    let id = try head.variableNumber(at: 0, atMost: 4)
    let size = try head.variableNumber(at: id.size, atMost: 8)
    let start = place + id.size + size.size
    let marker = UInt64(1) << UInt64(7 * size.size)
    let length = size.number & (marker - 1)
    if length == marker - 1 { return MatroskaElement(id: UInt32(id.number), body: start..<end, hasSize: false) }
    guard length <= UInt64(end - start) else {
      throw MediaFault(
        "its element 0x\(String(id.number, radix: 16, uppercase: true)) should have \(length) bytes, and there are \(end - start)")
    }
    return MatroskaElement(id: UInt32(id.number), body: start..<start + Int(length), hasSize: true)
  }

  mutating func number(_ element: MatroskaElement) throws(MediaFault) -> UInt64 {
    guard element.body.count <= 8 else { throw MediaFault("a number in its header is longer than 8 bytes") }
    return try bytes(at: element.body.lowerBound, element.body.count).number(at: 0, element.body.count)
  }

  mutating func real(_ element: MatroskaElement) throws(MediaFault) -> Double {
    let bits = try number(element)
    switch element.body.count {
    case 0: return 0
    case 4: return Double(Float(bitPattern: UInt32(bits)))
    case 8: return Double(bitPattern: bits)
    default: throw MediaFault("a number in its header has neither 4 nor 8 bytes")
    }
  }

  mutating func text(_ element: MatroskaElement) throws(MediaFault) -> String {
    let bytes = try bytes(at: element.body.lowerBound, min(element.body.count, 64))
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}

extension [UInt8] {
  /// A number whose first byte says by its leading zeros how many bytes it has; the marker is left in it. It ends inside these bytes.
  fileprivate func variableNumber(at place: Int, atMost most: Int) throws(MediaFault) -> (number: UInt64, size: Int) {
    let first = try number(at: place, 1)
    let size = UInt8(first).leadingZeroBitCount + 1
    guard size <= most else { throw MediaFault("an element of its header has no readable name or size") }
    return (try number(at: place, size), size)
  }
}
