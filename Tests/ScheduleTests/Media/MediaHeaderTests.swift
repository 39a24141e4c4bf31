import Schedule
import Synchronization
import Testing

@Suite("The headers of media files", .enabled(if: MadeFiles.isPossible, "ffmpeg is not installed"))
struct MediaHeaderTests {
  private let made: MadeFiles

  init() throws { made = try MadeFiles.all.get() }

  @Test("Of a film, size, duration, frame rate and codec are read as ffprobe finds them", arguments: MadeFiles.films)
  func film(name: String) throws {
    let (header, probe) = (try MediaHeader(of: MediaBytes(made.bytes(name))), try made.probe(name))
    #expect(header.type == MediaType(name: name[...]))
    #expect([header.width, header.height] == probe.size)
    #expect(header.codec == probe.codec && header.codec != nil)
    if name == "live.webm" {
      #expect(header.duration == nil && probe.duration == nil, "it was recorded live, and does not say")
    } else {
      let seconds = try #require(header.duration) / .seconds(1)
      #expect(abs(seconds - (try #require(probe.duration))) < 0.000_01)
      #expect(abs(try #require(header.frameRate) - (try #require(probe.frameRate))) < 0.000_01)
    }
  }

  @Test("Of a picture, the size is read as ffprobe finds it", arguments: MadeFiles.pictures)
  func picture(name: String) throws {
    let (header, probe) = (try MediaHeader(of: MediaBytes(made.bytes(name))), try made.probe(name))
    #expect(header.type == MediaType(name: name[...]))
    #expect([header.width, header.height] == probe.size)
    #expect(header.duration == nil && header.frameRate == nil && header.codec == nil)
  }

  @Test("A film that stands on its side is as high as it is shown")
  func turned() throws {
    let header = try MediaHeader(of: MediaBytes(made.bytes("turned.mp4")))
    #expect([header.width, header.height] == [180, 320])
  }

  @Test("A photo that Exif says to turn is as high as it is shown", arguments: [(1, false), (3, false), (6, true), (8, true)])
  func exif(orientation: UInt8, isTurned: Bool) throws {
    let picture = try made.bytes("a.jpg")
    for isLittle in [true, false] {
      let entry: [UInt8] =
        isLittle ? [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0] : [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]
      let tiff = isLittle ? Array("II*\0".utf8) + [8, 0, 0, 0, 1, 0] : Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1]
      let exif = Array("Exif\0\0".utf8) + tiff + entry + [0, 0, 0, 0]
      let header = try MediaHeader(
        of: MediaBytes(picture.prefix(2) + [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif + picture.dropFirst(2)))
      #expect([header.width, header.height] == (isTurned ? [180, 320] : [320, 180]))
    }
  }

  @Test("Of a film of 5 GB with its header at the end, a few small pieces are read")
  func vast() throws {
    let film = try made.bytes("back.mov")
    let place = try #require(film.firstRange(of: Array("mdat".utf8))?.lowerBound) - 4
    let size = film[place...].prefix(4).reduce(0) { $0 << 8 | Int($1) }
    // The same with 5 GB more of pictures.
    let more = 5_000_000_000
    let count = UInt64(size + more + 8)
    let head =
      film[..<place] + [0, 0, 0, 1] + Array("mdat".utf8) + stride(from: 56, through: 0, by: -8).map { UInt8(count >> UInt64($0) & 0xFF) }
    let end = Array(film[(place + size)...])
    let start = head.count + size - 8 + more
    let read = Mutex([Int]())
    let file = MediaBytes(count: start + end.count) { offset, count in
      read.withLock { $0.append(count) }
      return (offset..<offset + count).map { $0 < head.count ? head[$0] : $0 < start ? 0 : end[$0 - start] }
    }
    #expect(try MediaHeader(of: file) == MediaHeader(of: MediaBytes(film)))
    #expect(read.withLock { $0.count } <= 5 && read.withLock { $0.reduce(0, +) } <= 5 * 4096)
  }

  @Test(
    "A file that is cut anywhere is read as it was, or refused with a reason", arguments: ["front.mp4", "vp8.webm", "a.jpg", "lossy.webp"])
  func cut(name: String) throws {
    let bytes = try made.bytes(name)
    let whole = try MediaHeader(of: MediaBytes(bytes))
    for count in stride(from: 0, to: min(bytes.count, 6000), by: 7) {
      do {
        let header = try MediaHeader(of: MediaBytes(Array(bytes.prefix(count))))
        #expect(header == whole && !name.hasSuffix("mp4") && !name.hasSuffix("webm"), "cut at \(count)")
      } catch { #expect(error.description.hasPrefix("it") || error.description.hasPrefix("a "), "\(error)") }
    }
  }
}
