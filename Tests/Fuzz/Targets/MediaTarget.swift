import Schedule

extension FuzzTarget {
  /// The headers of pictures and films that somebody else made.
  static let media = [
    FuzzTarget("media") { bytes in
      do {
        let header = try MediaHeader(of: MediaBytes(bytes))
        try expect(header.width > 0 && header.height > 0, "a picture has no size")
        try expect(header.duration.map { $0 > .zero && $0 < .seconds(1_000_000_000) } ?? true, "a film lasts \(header.duration ?? .zero)")
        try expect(header.frameRate.map { $0.isFinite && $0 > 0 } ?? true, "a film has \(header.frameRate ?? 0) frames a second")
        try expect(header.type == MediaType(start: Array(bytes.prefix(MediaType.bytes))), "a file is of two types")
      } catch let fault as MediaFault {
        try expect(fault.description.utf8.count < 200, "a reason is \(fault.description.utf8.count) bytes long")
      }
    }
  ]
}
