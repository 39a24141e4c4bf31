import Foundation
import Schedule
import Support

/// Films and pictures that ffmpeg makes, and what ffprobe finds in them: a package of Debian (`ffmpeg`). Made once for all tests.
struct MadeFiles: Sendable {
  static let isPossible = (try? run(["ffprobe", "-version"])) != nil  // Where there is none, its tests are skipped, and say so.

  let folder: TemporaryFolder

  static let all = Result { try MadeFiles() }

  static let films = [
    "front.mp4", "back.mov", "turned.mp4", "fragments.mp4", "h265.mp4", "vp9.mp4", "vp8.webm", "vp9.webm", "live.webm", "h264.mkv",
  ]
  static let pictures = ["a.jpg", "a.png", "a.gif", "lossy.webp", "lossless.webp"]

  private init() throws {
    folder = try TemporaryFolder("made")
    let h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10"]
    let vp9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]
    var command = ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=30000/1001:duration=0.6"]
    command += ["-f", "lavfi", "-i", "sine=duration=0.7"]
    command += h264 + ["-movflags", "faststart", "front.mp4"] + h264 + ["-r", "60", "back.mov"]
    command += h264 + ["-movflags", "frag_keyframe+empty_moov", "fragments.mp4"]
    command += ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-tag:v", "hvc1", "-r", "25", "h265.mp4"]
    command += vp9 + ["vp9.mp4"] + vp9 + ["-r", "24", "-c:a", "libopus", "vp9.webm"]
    command += ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "vp8.webm"]
    command += vp9 + ["-f", "webm", "-live", "1", "live.webm"] + h264 + ["h264.mkv"]
    for picture in Self.pictures {
      command += ["-frames:v", "1"] + (picture == "lossless.webp" ? ["-lossless", "1"] : []) + [picture]
    }
    try run(command, in: folder.path)
    try turned().write(to: folder.url.appending(path: "turned.mp4"))
  }

  /// A film that stands on its side, as telephones write it: with a matrix that turns it.
  private func turned() throws -> Data {
    var bytes = try Data(contentsOf: folder.url.appending(path: "front.mp4"))
    guard let head = bytes.firstRange(of: Data("tkhd".utf8)) else { throw CocoaError(.fileReadCorruptFile) }
    let matrix: [UInt32] = [0, 0x10000, 0, 0xFFFF_0000, 0, 0, 180 << 16, 0, 0x4000_0000]
    let place = head.upperBound + 40
    bytes.replaceSubrange(place..<place + 36, with: matrix.flatMap { number in [24, 16, 8, 0].map { UInt8(number >> $0 & 0xFF) } })
    return bytes
  }

  func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.url.appending(path: name))) }

  /// What ffprobe finds.
  func probe(_ name: String) throws -> Probe {
    let text = try run(
      [
        "ffprobe", "-v", "error", "-of", "json", "-select_streams", "v", "-show_entries",
        "stream=codec_name,width,height,avg_frame_rate:stream_side_data=rotation:format=duration", name,
      ], in: folder.path)
    return try JSONDecoder().decode(Probe.self, from: Data(text.utf8))
  }

  struct Probe: Decodable {
    struct Stream: Decodable {
      let codec_name: String
      let width: Int
      let height: Int
      let avg_frame_rate: String
      let side_data_list: [SideData]?
    }
    struct SideData: Decodable { let rotation: Int? }
    struct Format: Decodable { let duration: String? }
    let streams: [Stream]
    let format: Format

    /// As shown.
    var size: [Int]? {
      streams.first.map {
        $0.side_data_list?.contains { $0.rotation == 90 || $0.rotation == -90 } ?? false ? [$0.height, $0.width] : [$0.width, $0.height]
      }
    }
    var frameRate: Double? {
      let parts = streams.first?.avg_frame_rate.split(separator: "/").compactMap { Double($0) } ?? []
      return parts.count == 2 && parts[1] != 0 ? parts[0] / parts[1] : nil
    }
    var duration: Double? { format.duration.flatMap { Double($0) } }
    var codec: VideoCodec? { ["h264": .h264, "hevc": .h265, "vp8": .vp8, "vp9": .vp9][streams.first?.codec_name ?? ""] }
  }
}
