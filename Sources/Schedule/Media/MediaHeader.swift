/// What a picture or film says of itself in its own header.
public struct MediaHeader: Equatable, Sendable {
  public var type: MediaType
  /// In pixels, as it is shown: turned where the header says so.
  public var width: Int
  public var height: Int
  /// `nil` for pictures, and for films that do not say.
  public var duration: Duration?
  /// Frames a second on average; `nil` for pictures, and for films that do not say.
  public var frameRate: Double?
  /// `nil` for pictures.
  public var codec: VideoCodec?

  public init(
    type: MediaType, width: Int, height: Int, duration: Duration? = nil, frameRate: Double? = nil, codec: VideoCodec? = nil
  ) {
    self.type = type
    self.width = width
    self.height = height
    self.duration = duration.flatMap { $0 > .zero ? $0 : nil }  // a film that lasts nothing does not say
    self.frameRate = frameRate
    self.codec = codec
  }

  /// Reads the header of a file, wherever in the file it stands, in a few small reads: nothing is read of the picture itself.
  ///
  /// - Throws: ``MediaFault`` for a file that is damaged, is cut short, has no picture in it, or hides its header too well: at most
  ///   ``MediaReader/mostBytes`` are read.
  public init(of file: MediaBytes) throws(MediaFault) {
    var reader = MediaReader(file)
    let start = try reader.bytes(at: 0, min(MediaType.bytes, file.count))
    guard let type = MediaType(start: start) else { throw MediaFault("it is no picture or film of a known type") }
    switch type {
    case .mp4, .quicktime: self = try Movie(&reader).header(type)
    case .webm, .matroska: self = try Matroska(&reader).header(type)
    case .jpeg: self = try JPEGPicture(&reader).header
    case .png: self = try Self(png: &reader)
    case .gif: self = try Self(gif: &reader)
    case .webp: self = try Self(webp: &reader)
    }
    guard width > 0, height > 0 else { throw MediaFault("its header says that it is \(width)×\(height) pixels") }
  }
}

/// How the pictures of a film are coded.
public enum VideoCodec: Hashable, Sendable {
  case h264, h265, vp8, vp9, av1, mpeg4, prores, motionJPEG
  /// As the file names it.
  case other(String)

  /// As people know it.
  public var name: String {
    switch self {
    case .h264: "H.264"
    case .h265: "H.265"
    case .vp8: "VP8"
    case .vp9: "VP9"
    case .av1: "AV1"
    case .mpeg4: "MPEG-4 Visual"
    case .prores: "ProRes"
    case .motionJPEG: "Motion JPEG"
    case .other(let name): quoted(name)
    }
  }
}

/// Why the header of a media file cannot be read.
public struct MediaFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// A sentence about the file, as "it": "it has no picture in it".
  public let description: String

  public init(_ description: String) { self.description = description }
}
