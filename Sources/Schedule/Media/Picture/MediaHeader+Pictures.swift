extension MediaHeader {
  /// Source: RFC 2083, 4.1.1.
  init(png reader: inout MediaReader) throws(MediaFault) {
    let bytes = try reader.bytes(at: 0, 24)
    guard bytes[12...].starts(with: "IHDR".utf8) else { throw MediaFault("it does not begin with its size: a chunk \"IHDR\"") }
    let (width, height) = (try bytes.number(at: 16, 4), try bytes.number(at: 20, 4))
    guard width < 1 << 31, height < 1 << 31 else { throw MediaFault("its header says that it is \(width)×\(height) pixels") }
    self.init(type: .png, width: Int(width), height: Int(height))
  }

  /// Source: GIF89a, 18.
  init(gif reader: inout MediaReader) throws(MediaFault) {
    let bytes = try reader.bytes(at: 0, 10)
    self.init(type: .gif, width: try bytes.littleNumber(at: 6, 2), height: try bytes.littleNumber(at: 8, 2))
  }

  /// Sources: RFC 9649; RFC 6386, 9.1, for the lossy frame.
  init(webp reader: inout MediaReader) throws(MediaFault) {
    let bytes = try reader.bytes(at: 0, min(30, reader.end))
    let (width, height): (Int, Int)
    switch BoxType(try bytes.number(at: 12, 4)) {
    case "VP8 ":
      guard try bytes.number(at: 23, 3) == 0x9D012A else { throw MediaFault("its picture does not begin as one of WebP does") }
      (width, height) = (try bytes.littleNumber(at: 26, 2) & 0x3FFF, try bytes.littleNumber(at: 28, 2) & 0x3FFF)
    case "VP8L":
      guard try bytes.number(at: 20, 1) == 0x2F else { throw MediaFault("its picture does not begin as one of WebP does") }
      let bits = try bytes.littleNumber(at: 21, 4)
      (width, height) = (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
    case "VP8X": (width, height) = (try bytes.littleNumber(at: 24, 3) + 1, try bytes.littleNumber(at: 27, 3) + 1)
    default: throw MediaFault("it has no picture that WebP knows")
    }
    self.init(type: .webp, width: width, height: height)
  }
}
