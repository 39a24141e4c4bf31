/// A file in boxes, as ISO/IEC 14496-12 has them.
public func box(_ type: String, _ content: [UInt8]..., size: UInt32? = nil) -> [UInt8] {
  let content = content.flatMap(\.self)
  return words(size ?? UInt32(content.count + 8)) + Array(type.utf8) + content
}

public func words(_ numbers: UInt32...) -> [UInt8] { numbers.flatMap { number in [24, 16, 8, 0].map { UInt8(number >> $0 & 0xFF) } } }

public func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

/// The header of a film without the film: of ten seconds at 30 frames a second in H.264, unless told otherwise.
public enum SampleFilm {
  public static let start = box("ftyp", Array("isom".utf8), words(512))

  public static func bytes(
    codec: String = "avc1", width: UInt16 = 1024, height: UInt16 = 768, scale: UInt32 = 1000, ticks: UInt32 = 10_000,
    trackScale: UInt32 = 30, handler: String = "vide", times: [UInt8]? = nil, more: [UInt8] = []
  ) -> [UInt8] {
    let size = [width, height].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    let table = box(
      "stbl", box("stsd", words(0, 1), box(codec, zeros(24), size, zeros(50))),
      times ?? box("stts", words(0, 1, 300, 1)))
    let media = box(
      "mdia", box("mdhd", words(0, 0, 0, trackScale, 300, 0)),
      box("hdlr", words(0, 0), Array(handler.utf8), zeros(13)), box("minf", table))
    let track = box("trak", box("tkhd", words(0, 0, 0, 1, 0, ticks), zeros(60)), media)
    let movie = box("mvhd", words(0, 0, 0, scale, ticks), zeros(80))
    return start + box("moov", movie, track, more) + box("mdat", zeros(9))
  }
}
