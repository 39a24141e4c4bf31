/// A WebM or Matroska file, as far as its header says. Source: RFC 9559.
struct Matroska {
  /// Nanoseconds.
  private var scale: UInt64 = 1_000_000
  /// In units of `scale`.
  private var length: Double?
  private var track: Track?
  private var hasTracks = false

  private struct Track {
    var isVideo = false
    var codec = ""
    var width = 0
    var height = 0
    /// Nanoseconds a frame.
    var frame: UInt64?
  }

  init(_ reader: inout MediaReader) throws(MediaFault) {
    let head = try reader.element(at: 0, before: reader.end)
    guard head.hasSize, head.body.upperBound < reader.end else { throw MediaFault("it has nothing behind its first element") }
    var place = head.body.upperBound
    while place < reader.end {
      let element = try reader.element(at: place, before: reader.end)
      if element.id == 0x1853_8067 {
        try readSegment(element, &reader)
        return
      }
      place = element.body.upperBound
    }
    throw MediaFault("it has no segment")
  }

  func header(_ type: MediaType) throws(MediaFault) -> MediaHeader {
    guard let track else { throw MediaFault(hasTracks ? "it has no track with pictures" : "it does not list its tracks") }
    return MediaHeader(
      type: type, width: track.width, height: track.height, duration: try duration(),
      frameRate: track.frame.map { 1_000_000_000 / Double($0) }, codec: VideoCodec(matroska: track.codec))
  }

  private func duration() throws(MediaFault) -> Duration? {
    guard let length, length != 0 else { return nil }
    let nanoseconds = length * Double(scale)
    guard nanoseconds.isFinite, nanoseconds > 0, nanoseconds < 1e18 else { throw MediaFault("its header says that it lasts for years") }
    return .nanoseconds(Int64(nanoseconds.rounded()))
  }

  private mutating func readSegment(_ segment: MatroskaElement, _ reader: inout MediaReader) throws(MediaFault) {
    var place = segment.body.lowerBound
    var hasInfo = false
    while place < segment.body.upperBound, !(hasInfo && hasTracks) {
      let element = try reader.element(at: place, before: segment.body.upperBound)
      switch element.id {
      case 0x1549_A966:
        hasInfo = true
        try readInfo(element, &reader)
      case 0x1654_AE6B:
        hasTracks = true
        try readTracks(element, &reader)
      default:
        // What follows a live recording's first pictures can be found by reading all of them only.
        if !element.hasSize { return }
      }
      place = element.body.upperBound
    }
  }

  private mutating func readInfo(_ info: MatroskaElement, _ reader: inout MediaReader) throws(MediaFault) {
    for element in try reader.elements(in: info.body) {
      if element.id == 0x2AD7B1 { scale = try reader.number(element) }
      if element.id == 0x4489 { length = try reader.real(element) }
    }
  }

  private mutating func readTracks(_ tracks: MatroskaElement, _ reader: inout MediaReader) throws(MediaFault) {
    for entry in try reader.elements(in: tracks.body) where entry.id == 0xAE && track == nil {
      var found = Track()
      for element in try reader.elements(in: entry.body) {
        switch element.id {
        case 0x83: found.isVideo = try reader.number(element) == 1
        case 0x86: found.codec = try reader.text(element)
        case 0x23E383: found.frame = try reader.number(element)
        case 0xE0:
          for element in try reader.elements(in: element.body) {
            if element.id == 0xB0 { found.width = try Self.side(reader.number(element)) }
            if element.id == 0xBA { found.height = try Self.side(reader.number(element)) }
          }
        default: break
        }
      }
      if found.frame == 0 { found.frame = nil }
      if found.isVideo { track = found }
    }
  }

  private static func side(_ number: UInt64) throws(MediaFault) -> Int {
    guard number < 1 << 31 else { throw MediaFault("its header says that it is \(number) pixels wide or high") }
    return Int(number)
  }
}

extension VideoCodec {
  /// Source: the registry of codec mappings of Matroska.
  init(matroska id: String) {
    switch id {
    case "V_VP8": self = .vp8
    case "V_VP9": self = .vp9
    case "V_AV1": self = .av1
    case "V_MPEG4/ISO/AVC": self = .h264
    case "V_MPEGH/ISO/HEVC": self = .h265
    case "V_MJPEG": self = .motionJPEG
    case "V_PRORES": self = .prores
    case "V_MPEG4/ISO/SP", "V_MPEG4/ISO/ASP", "V_MPEG4/ISO/AP": self = .mpeg4
    default: self = .other(id)
    }
  }
}
