/// The samples of one track in one fragment. Source: ISO/IEC 14496-12, 8.8.
struct MovieFragment {
  let track: UInt64
  /// Of each sample, where the fragment says so for all of them.
  let ticks: UInt64?

  /// - Parameter bytes: the content of a box `tfhd`.
  init(_ bytes: [UInt8]) throws(MediaFault) {
    let flags = try bytes.number(at: 0, 4)
    track = try bytes.number(at: 4, 4)
    let place = 8 + (flags & 0x1 != 0 ? 8 : 0) + (flags & 0x2 != 0 ? 4 : 0)
    ticks = flags & 0x8 != 0 ? try bytes.number(at: place, 4) : nil
  }
}

extension MovieTrack {
  /// Counts the samples of a box `trun`.
  mutating func add(_ run: Box, of fragment: MovieFragment, _ reader: inout MediaReader) throws(MediaFault) {
    let head = try reader.content(of: run, atMost: 8)
    let (flags, count) = (try head.number(at: 0, 4), try head.number(at: 4, 4))
    guard flags & 0x100 != 0 else { return try add(count, each: fragment.ticks ?? defaultTicks) }
    let size = 4 * [0x100, 0x200, 0x400, 0x800].count { flags & $0 != 0 }
    let first = run.body.lowerBound + 8 + (flags & 0x1 != 0 ? 4 : 0) + (flags & 0x4 != 0 ? 4 : 0)
    guard first <= run.body.upperBound, count <= UInt64((run.body.upperBound - first) / size) else {
      throw MediaFault("a fragment's table of samples is too short")
    }
    var place = first
    let end = first + Int(count) * size
    while place < end {
      let piece = try reader.bytes(at: place, min(end - place, 4096 * size))
      for sample in stride(from: 0, to: piece.count, by: size) { try add(1, each: try piece.number(at: sample, 4)) }
      place += piece.count
    }
  }
}
