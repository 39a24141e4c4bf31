/// A part of an MP4 or QuickTime file. Source: ISO/IEC 14496-12, 4.2.
struct Box {
  let type: BoxType
  /// Where in the file its content is.
  let body: Range<Int>
}

/// Four characters.
struct BoxType: Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
  let code: UInt32

  init(_ code: UInt64) { self.code = UInt32(truncatingIfNeeded: code) }
  init(stringLiteral text: String) { self.init(text.utf8.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) }

  /// What is not ASCII is shown as a dot.
  var description: String {
    let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: code >> UInt32($0)) }
    return String(decoding: bytes.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
  }
}

extension MediaReader {
  /// The boxes that fill a range of the file, without what is in them.
  mutating func boxes(in range: Range<Int>) throws(MediaFault) -> [Box] {
    var boxes: [Box] = []
    var place = range.lowerBound
    // QuickTime may end a list with four bytes of zero.
    while range.upperBound - place >= 8 {
      let box = try box(at: place, before: range.upperBound)
      boxes.append(box)
      place = box.body.upperBound
    }
    return boxes
  }

  /// The box that begins at `place` and ends before `end`, at least eight bytes later.
  mutating func box(at place: Int, before end: Int) throws(MediaFault) -> Box {
    try takePart()
    let head = try bytes(at: place, min(16, end - place))
    let type = BoxType(try head.number(at: 4, 4))
    var (size, header) = (try head.number(at: 0, 4), 8)
    switch size {
    case 0: size = UInt64(end - place)  // it is the last one
    case 1: (size, header) = (try head.number(at: 8, 8), 16)
    default: break
    }
    guard size >= UInt64(header) else { throw MediaFault("its box \"\(type)\" is shorter than its own head") }
    guard size <= UInt64(end - place) else {
      throw MediaFault("its box \"\(type)\" at byte \(place) should have \(size) bytes, and there are \(end - place)")
    }
    return Box(type: type, body: place + header..<place + Int(size))
  }

  /// The content of a box, or so much of it as is asked for.
  mutating func content(of box: Box, atMost limit: Int = 4096) throws(MediaFault) -> [UInt8] {
    try bytes(at: box.body.lowerBound, min(box.body.count, limit))
  }
}
