/// An MP4 or QuickTime file, as far as its header says. Sources: ISO/IEC 14496-12; Apple's QuickTime File Format.
struct Movie {
  /// So many ticks are a second.
  private var scale: UInt64 = 0
  private var ticks: UInt64 = 0
  private var isTurned = false
  private var tracks: [MovieTrack] = []
  /// Where samples are in fragments: of all of them together, where it says so.
  private var fragments: UInt64?
  private var isFragmented = false

  /// Each fragment's track is looked for among them.
  private static let mostTracks = 1000

  init(_ reader: inout MediaReader) throws(MediaFault) {
    var (isComplete, hasPictures) = (false, false)
    var place = 0
    while reader.end - place >= 8 {
      let box: Box
      do throws(MediaFault) { box = try reader.box(at: place, before: reader.end) } catch {
        // Behind the header, only a film that is cut short matters: cameras leave things there.
        if isComplete, try !Self.isCut(at: place, &reader) { break }
        throw error
      }
      switch box.type {
      case "moov" where !isComplete:
        try readHeader(box, &reader)
        isComplete = true
      case "moof" where isFragmented: try readFragment(box, &reader)
      case "mdat", "imda": hasPictures = true
      default: break
      }
      place = box.body.upperBound
    }
    guard isComplete else { throw MediaFault("it has no header: a box \"moov\"") }
    guard hasPictures else { throw MediaFault("it is cut short: it has a header and nothing else") }
  }

  private static func isCut(at place: Int, _ reader: inout MediaReader) throws(MediaFault) -> Bool {
    let type = BoxType(try reader.bytes(at: place, 8).number(at: 4, 4))
    return type == "mdat" || type == "moof"
  }

  func header(_ type: MediaType) throws(MediaFault) -> MediaHeader {
    guard let track = tracks.first(where: { $0.isVideo }) else { throw MediaFault("it has no track with pictures") }
    let isTurned = self.isTurned != track.isTurned
    return MediaHeader(
      type: type, width: isTurned ? track.height : track.width, height: isTurned ? track.width : track.height,
      duration: try duration(), frameRate: track.frameRate, codec: track.codec)
  }

  private func duration() throws(MediaFault) -> Duration {
    let isSaid = ticks > 0 && ticks != UInt64(UInt32.max) && ticks != .max
    let said = isSaid ? try Schedule.duration(ticks, per: scale) : .zero
    if isSaid, !isFragmented { return said }
    if let fragments, fragments > 0 { return try Schedule.duration(fragments, per: scale) }
    var longest = said
    for track in tracks { longest = max(longest, try track.duration()) }
    return longest
  }

  private mutating func readHeader(_ moov: Box, _ reader: inout MediaReader) throws(MediaFault) {
    var defaults: [UInt64: UInt64] = [:]
    for box in try reader.boxes(in: moov.body) {
      switch box.type {
      case "mvhd":
        let bytes = try reader.content(of: box)
        let isLong = bytes.first == 1
        scale = try bytes.number(at: isLong ? 20 : 12, 4)
        ticks = try bytes.number(at: isLong ? 24 : 16, isLong ? 8 : 4)
        guard scale > 0 else { throw MediaFault("its header divides a second into none") }
        isTurned = try MovieTrack.isTurned(bytes, at: isLong ? 48 : 36)
      case "trak":
        guard tracks.count < Self.mostTracks else { throw MediaFault("it has more than \(Self.mostTracks) tracks") }
        tracks.append(try MovieTrack(box, &reader))
      case "mvex":
        isFragmented = true
        for box in try reader.boxes(in: box.body) {
          let bytes = try reader.content(of: box)
          if box.type == "mehd" { fragments = try bytes.number(at: 4, bytes.first == 1 ? 8 : 4) }
          if box.type == "trex" { defaults[try bytes.number(at: 4, 4)] = try bytes.number(at: 12, 4) }
        }
      case "cmov": throw MediaFault("its header is compressed")
      default: break
      }
    }
    guard scale > 0 else { throw MediaFault("its header does not say how long a second is: it has no box \"mvhd\"") }
    for index in tracks.indices { tracks[index].defaultTicks = defaults[tracks[index].id] ?? 0 }
  }

  private mutating func readFragment(_ moof: Box, _ reader: inout MediaReader) throws(MediaFault) {
    for traf in try reader.boxes(in: moof.body) where traf.type == "traf" {
      let boxes = try reader.boxes(in: traf.body)
      guard let head = boxes.first(where: { $0.type == "tfhd" }) else { continue }
      let fragment = try MovieFragment(reader.content(of: head))
      guard let index = tracks.firstIndex(where: { $0.id == fragment.track }) else { continue }
      for run in boxes where run.type == "trun" { try tracks[index].add(run, of: fragment, &reader) }
    }
  }
}
