import Schedule
import Support
import Testing

@Suite("The headers of hostile media files")
struct HostileHeaderTests {
  private static let start = SampleFilm.start

  private func read(_ bytes: [UInt8]) -> String {
    do {
      let header = try MediaHeader(of: MediaBytes(bytes))
      return
        "\(header.width)×\(header.height) \(header.duration.map { "\($0)" } ?? "-") \(header.frameRate ?? 0) \(header.codec?.name ?? "-")"
    } catch { return error.description }
  }

  @Test("The file that the others are made of is fine")
  func sound() { #expect(read(SampleFilm.bytes()) == "1024×768 10.0 seconds 30.0 H.264") }

  @Test(
    "A file with a header that makes no sense is refused with the reason",
    arguments: [
      ([], "it is no picture or film of a known type"), (start, "it has no header: a box \"moov\""),
      (start + box("moov"), "its header does not say how long a second is: it has no box \"mvhd\""),
      (start + box("moov", size: 4), "its box \"moov\" is shorter than its own head"),
      (start + box("moov", size: 9000), "its box \"moov\" at byte 16 should have 9000 bytes, and there are 8"),
      (
        start + words(1) + Array("moov".utf8) + words(0xFFFF_FFFF, 0xFFFF_FFFF),
        "its box \"moov\" at byte 16 should have 18446744073709551615 bytes, and there are 16"
      ),
      (start + words(1) + Array("moov".utf8) + words(0, 0), "its box \"moov\" is shorter than its own head"),
      (start + box("moov", box("mvhd", words(0, 0, 0, 1, 1))), "a part of its header is too short"),
      (start + box("moov", box("trak", size: 0xFFFF_FFF0)), "its box \"trak\" at byte 24 should have 4294967280 bytes, and there are 8"),
      (start + box("moov", box("trak", size: 7)), "its box \"trak\" is shorter than its own head"),
      (start + box("moov", box("cmov")), "its header is compressed"),
      (SampleFilm.bytes(scale: 0), "its header divides a second into none"),
      (SampleFilm.bytes(scale: 1, ticks: 4_000_000_000), "its header says that it lasts for years"),
      (SampleFilm.bytes(handler: "soun"), "it has no track with pictures"),
      (SampleFilm.bytes(width: 0), "its header says that it is 0×768 pixels"),
      (SampleFilm.bytes(times: box("stts", words(0, 0x1000_0000))), "its table of times is too short"),
      (SampleFilm.bytes() + box("mdat", size: 100), "its box \"mdat\" at byte 464 should have 100 bytes, and there are 8"),
      (
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + words(13) + Array("IDAT".utf8) + words(1, 1),
        "it does not begin with its size: a chunk \"IHDR\""
      ),
      (Array("RIFF1234WEBPVP8L".utf8), "a part of its header is too short"),
      (Array("RIFF1234WEBPVP9 ".utf8), "it has no picture that WebP knows"),
      ([0xFF, 0xD8, 0xFF, 0xE0, 0, 1], "a segment is shorter than its own length"),
      ([0xFF, 0xD8, 0xFF, 0xDA], "it does not say its size before its picture begins"),
      ([0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 0, 0, 0], "its header says that it is 0×0 pixels"),
      ([0x1A, 0x45, 0xDF, 0xA3, 0x80], "it has nothing behind its first element"),
      ([0x1A, 0x45, 0xDF, 0xA3, 0x80, 0x18, 0x53, 0x80, 0x67, 0x80], "it does not list its tracks"),
      ([0x1A, 0x45, 0xDF, 0xA3, 0x80, 0x18, 0x53, 0x80, 0x67, 0x84, 0x16, 0x54, 0xAE, 0x6B], "a part of its header is too short"),
      ([0x1A, 0x45, 0xDF, 0xA3, 0x80, 0x00, 0x53, 0x80, 0x67], "an element of its header has no readable name or size"),
      (
        [0x1A, 0x45, 0xDF, 0xA3, 0x80, 0x18, 0x53, 0x80, 0x67, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE],
        "its element 0x18538067 should have 72057594037927934 bytes, and there are 0"
      ),
    ] as [([UInt8], String)])
  func refused(bytes: [UInt8], reason: String) { #expect(read(bytes) == reason) }

  @Test(
    "What a header leaves open is not known, and no reason to refuse it",
    arguments: [
      (SampleFilm.bytes(trackScale: 0), "1024×768 10.0 seconds 0.0 H.264"),
      (SampleFilm.bytes(ticks: 0), "1024×768 10.0 seconds 30.0 H.264"),
      (SampleFilm.bytes(times: box("stts", words(0, 0))), "1024×768 10.0 seconds 0.0 H.264"),
      (SampleFilm.bytes(ticks: 0, times: box("stts", words(0, 0))), "1024×768 - 0.0 H.264"),
      (SampleFilm.bytes(more: zeros(3)), "1024×768 10.0 seconds 30.0 H.264"),
      (SampleFilm.bytes() + [0, 0, 0, 5] + Array("junk".utf8), "1024×768 10.0 seconds 30.0 H.264"),
      (SampleFilm.bytes() + zeros(40), "1024×768 10.0 seconds 30.0 H.264"),
      (SampleFilm.bytes(more: zeros(4)), "1024×768 10.0 seconds 30.0 H.264"),
    ])
  func open(bytes: [UInt8], found: String) { #expect(read(bytes) == found) }

  @Test("A header that never ends is given up after a while, and not after long")
  func endless() {
    let small = Array(repeating: box("free"), count: 200_000).flatMap(\.self)
    #expect(read(Self.start + small) == "its header has more than 100000 parts")
    #expect(read(Self.start + box("moov", Array(repeating: box("trak"), count: 2000).flatMap(\.self))) == "it has more than 1000 tracks")
    let file = MediaBytes(count: .max) { offset, count in
      if offset == 0 { return Self.start + zeros(count) }
      return Array([UInt8](repeating: 0xFF, count: count))
    }
    #expect(throws: MediaFault.self) { try MediaHeader(of: file) }
    // A picture before whose size stand segments without end.
    let segments = MediaBytes(count: .max) { offset, count in
      let start: [UInt8] = offset == 0 ? [0xFF, 0xD8, 0xFF, 0xE1, 0xFF, 0xFE] : offset % 65_536 == 2 ? [0xFF, 0xE1, 0xFF, 0xFE] : []
      return start + zeros(count)
    }
    #expect(throws: MediaFault("its header is longer than 67108864 bytes")) { try MediaHeader(of: segments) }
    let unreadable = MediaBytes(count: 100) { _, _ in nil }
    #expect(throws: MediaFault("it could not be read to its end")) { try MediaHeader(of: unreadable) }
  }

  @Test("Fragments count where the header announces them, by whichever number says how long a sample is")
  func fragments() {
    func film(_ extra: [UInt8]...) -> String {
      let extends = box("mvex", box("trex", words(0, 1, 1, 2, 0, 0)))
      return read(
        SampleFilm.bytes(ticks: 0, times: box("stts", words(0, 0)), more: extends) + extra.flatMap { box("moof", box("traf", $0)) })
    }
    #expect(film() == "1024×768 - 0.0 H.264")
    let run = box("trun", words(0, 15))
    #expect(film(box("tfhd", words(0, 1)) + run) == "1024×768 1.0 seconds 15.0 H.264", "the header's own number")
    #expect(film(box("tfhd", words(0x8, 1, 3)) + run + run) == "1024×768 3.0 seconds 10.0 H.264", "the fragment's")
    let each = box("trun", words(0x305, 2, 0, 0, 10, 7, 20, 7))
    #expect(film(box("tfhd", words(0x9, 1, 0, 0, 3)) + each) == "1024×768 1.0 seconds 2.0 H.264", "each sample's")
    #expect(film(box("tfhd", words(0, 9)) + run) == "1024×768 - 0.0 H.264", "no track of the film")
    #expect(film(box("tfhd", words(0, 1)) + box("trun", words(0x100, 0xFFFF_FFFF, 1))) == "a fragment's table of samples is too short")
    let lasting = Array(
      repeating: box("tfhd", words(0x8, 1, 0x7FFF_FFFF)) + Array(repeating: box("trun", words(0, 0xFFFF_FFFF)), count: 3).flatMap(\.self),
      count: 1)
    #expect(film(lasting.flatMap(\.self)) == "its header says that it lasts for years")
  }
}

extension [UInt8] {
  fileprivate subscript(index: Int, default other: UInt8) -> UInt8 { indices.contains(index) ? self[index] : other }
}
