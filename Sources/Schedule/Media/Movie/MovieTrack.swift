/// One track of a film: pictures, sound, or something else.
struct MovieTrack {
  private(set) var id: UInt64 = 0
  private(set) var isVideo = false
  private(set) var isTurned = false
  private(set) var width = 0
  private(set) var height = 0
  private(set) var codec: VideoCodec?
  /// So many ticks are a second.
  private var scale: UInt64 = 0
  private var samples: UInt64 = 0
  private var ticks: UInt64 = 0
  /// Of one sample in a fragment that does not say.
  var defaultTicks: UInt64 = 0

  init(_ trak: Box, _ reader: inout MediaReader) throws(MediaFault) {
    for box in try reader.boxes(in: trak.body) {
      switch box.type {
      case "tkhd":
        let bytes = try reader.content(of: box)
        let isLong = bytes.first == 1
        id = try bytes.number(at: isLong ? 20 : 12, 4)
        isTurned = try Self.isTurned(bytes, at: isLong ? 52 : 40)
      case "mdia": try readMedia(box, &reader)
      default: break
      }
    }
  }

  /// Frames a second on average.
  var frameRate: Double? { samples > 0 && ticks > 0 && scale > 0 ? Double(samples) * Double(scale) / Double(ticks) : nil }

  func duration() throws(MediaFault) -> Duration { scale == 0 ? .zero : try Schedule.duration(ticks, per: scale) }

  /// Whether the matrix at `place` stands pictures on their side: a quarter turn to the left or right.
  static func isTurned(_ bytes: [UInt8], at place: Int) throws(MediaFault) -> Bool {
    let (a, b) = (try bytes.number(at: place, 4), try bytes.number(at: place + 4, 4))
    let (c, d) = (try bytes.number(at: place + 12, 4), try bytes.number(at: place + 16, 4))
    return a == 0 && d == 0 && b != 0 && c != 0
  }

  private mutating func readMedia(_ mdia: Box, _ reader: inout MediaReader) throws(MediaFault) {
    let boxes = try reader.boxes(in: mdia.body)
    for box in boxes {
      switch box.type {
      case "mdhd":
        let bytes = try reader.content(of: box)
        scale = try bytes.number(at: bytes.first == 1 ? 20 : 12, 4)
      case "hdlr": isVideo = BoxType(try reader.content(of: box).number(at: 8, 4)) == "vide"
      default: break
      }
    }
    for minf in boxes where minf.type == "minf" {
      for stbl in try reader.boxes(in: minf.body) where stbl.type == "stbl" {
        for box in try reader.boxes(in: stbl.body) {
          if box.type == "stsd", isVideo { try readDescription(box, &reader) }
          if box.type == "stts" { try readTimes(box, &reader) }
        }
      }
    }
  }

  /// The first description of samples: all of one track are of one kind, but for films that were glued together.
  private mutating func readDescription(_ stsd: Box, _ reader: inout MediaReader) throws(MediaFault) {
    let bytes = try reader.content(of: stsd, atMost: 64)
    guard try bytes.number(at: 4, 4) > 0 else { return }
    codec = VideoCodec(sample: BoxType(try bytes.number(at: 12, 4)))
    (width, height) = (Int(try bytes.number(at: 40, 2)), Int(try bytes.number(at: 42, 2)))
  }

  /// How many samples last how long, in runs of the same length.
  private mutating func readTimes(_ stts: Box, _ reader: inout MediaReader) throws(MediaFault) {
    let count = try reader.content(of: stts, atMost: 8).number(at: 4, 4)
    guard count <= UInt64((stts.body.count - 8) / 8) else { throw MediaFault("its table of times is too short") }
    var place = stts.body.lowerBound + 8
    let end = place + Int(count) * 8
    while place < end {
      let piece = try reader.bytes(at: place, min(end - place, 65_536))
      for entry in stride(from: 0, to: piece.count, by: 8) {
        try add(try piece.number(at: entry, 4), each: try piece.number(at: entry + 4, 4))
      }
      place += piece.count
    }
  }

  mutating func add(_ count: UInt64, each ticks: UInt64) throws(MediaFault) {
    // Some cameras write a step back, which players take for the shortest step.
    let each = ticks > UInt64(Int32.max) ? 1 : ticks
    let (sum, isTooLong) = self.ticks.addingReportingOverflow(count * each)
    guard !isTooLong, samples < 1 << 60 else { throw MediaFault("its header says that it lasts for years") }
    self.ticks = sum
    samples += count
  }
}

extension VideoCodec {
  /// Sources: ISO/IEC 14496-15; VP Codec ISO Media File Format Binding; the registry of mp4ra.org.
  init(sample type: BoxType) {
    switch type {
    case "avc1", "avc2", "avc3", "avc4": self = .h264
    case "hvc1", "hev1", "hvc2", "hev2", "dvh1", "dvhe": self = .h265
    case "vp08": self = .vp8
    case "vp09": self = .vp9
    case "av01": self = .av1
    case "mp4v": self = .mpeg4
    case "apch", "apcn", "apcs", "apco", "ap4h", "ap4x": self = .prores
    case "jpeg", "mjpa", "mjpb": self = .motionJPEG
    default: self = .other(type.description)
    }
  }
}
