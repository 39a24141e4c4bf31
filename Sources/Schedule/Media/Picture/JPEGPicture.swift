/// A JPEG file, as far as its header says. Sources: ITU-T T.81, annex B; Exif 2.32.
struct JPEGPicture {
  private var width = 0
  private var height = 0
  /// Exif's: from 5 on, the picture lies on its side.
  private var orientation = 1

  init(_ reader: inout MediaReader) throws(MediaFault) {
    var place = 2
    while true {
      try reader.takePart()
      let head = try reader.bytes(at: place, 2)
      guard head[0] == 0xFF else { throw MediaFault("it has something else where its next segment should begin, at byte \(place)") }
      switch head[1] {
      case 0xFF: place += 1  // filled up
      case 0x01, 0xD0...0xD7: place += 2  // without a length
      case 0xD9, 0xDA: throw MediaFault("it does not say its size before its picture begins")
      case 0xC0...0xCF where ![0xC4, 0xC8, 0xCC].contains(head[1]):
        let frame = try reader.bytes(at: place + 4, 5)
        (height, width) = (Int(try frame.number(at: 1, 2)), Int(try frame.number(at: 3, 2)))
        return
      default:
        let length = Int(try reader.bytes(at: place + 2, 2).number(at: 0, 2))
        guard length >= 2 else { throw MediaFault("a segment is shorter than its own length") }
        if head[1] == 0xE1 { readExif(try reader.bytes(at: place + 4, min(length - 2, reader.end - place - 4))) }
        place += 2 + length
      }
    }
  }

  var header: MediaHeader {
    let isTurned = orientation >= 5
    return MediaHeader(type: .jpeg, width: isTurned ? height : width, height: isTurned ? width : height)
  }

  /// What is no Exif, or is damaged, turns nothing.
  private mutating func readExif(_ bytes: [UInt8]) {
    guard bytes.starts(with: "Exif\0\0".utf8) else { return }
    let tiff = Array(bytes.dropFirst(6))
    guard let isLittle = ["II*\0": true, "MM\0*": false][String(decoding: tiff.prefix(4), as: UTF8.self)] else { return }
    func number(_ place: Int, _ size: Int) throws(MediaFault) -> Int {
      isLittle ? try tiff.littleNumber(at: place, size) : Int(try tiff.number(at: place, size))
    }
    do throws(MediaFault) {
      let directory = try number(4, 4)
      for entry in 0..<(try number(directory, 2)) where try number(directory + 2 + entry * 12, 2) == 0x112 {
        let found = try number(directory + 2 + entry * 12 + 8, 2)
        if (1...8).contains(found) { orientation = found }
        return
      }
    } catch { return }
  }
}
