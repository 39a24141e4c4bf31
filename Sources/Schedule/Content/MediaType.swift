/// What a media file is.
public enum MediaType: String, CaseIterable, Sendable {
  case jpeg = "JPEG"
  case png = "PNG"
  case gif = "GIF"
  case webp = "WebP"
  case mp4 = "MP4"
  case quicktime = "QuickTime"
  case webm = "WebM"
  case matroska = "Matroska"

  /// As HTTP names it. Source: IANA's registry of media types.
  public var mimeType: String {
    switch self {
    case .jpeg: "image/jpeg"
    case .png: "image/png"
    case .gif: "image/gif"
    case .webp: "image/webp"
    case .mp4: "video/mp4"
    case .quicktime: "video/quicktime"
    case .webm: "video/webm"
    case .matroska: "video/matroska"
    }
  }

  /// So many of the first bytes tell it.
  public static let bytes = 64

  /// By the name's ending; `nil` for one that says nothing.
  public init?(name: Substring) {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    switch name[name.utf8.index(after: dot)...].lowercased() {
    case "jpg", "jpeg": self = .jpeg
    case "png": self = .png
    case "gif": self = .gif
    case "webp": self = .webp
    case "mp4", "m4v": self = .mp4
    case "mov", "qt": self = .quicktime
    case "webm": self = .webm
    case "mkv": self = .matroska
    default: return nil
    }
  }

  /// By the path of a URL.
  public init?(url: String) {
    self.init(name: url.prefix { $0 != "?" && $0 != "#" })
  }

  /// By the first bytes; `nil` for none of these. Sources: RFC 2083, ITU-T T.81, GIF89a, RFC 9649, ISO/IEC 14496-12 (4.3), RFC 8794.
  public init?(start bytes: [UInt8]) {
    func stands(_ text: String, at place: Int = 0) -> Bool { bytes.dropFirst(place).starts(with: text.utf8) }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      self = .png
    } else if stands("GIF8") {
      self = .gif
    } else if stands("RIFF"), stands("WEBP", at: 8) {
      self = .webp
    } else if stands("ftyp", at: 4) {
      // Photos of telephones are in the same boxes.
      guard !["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis"].contains(where: { stands($0, at: 8) }) else {
        return nil
      }
      self = stands("qt  ", at: 8) ? .quicktime : .mp4
    } else if ["moov", "mdat", "wide"].contains(where: { stands($0, at: 4) }) {
      self = .quicktime  // from before it had brands
    } else if bytes.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
      self = bytes.firstRange(of: [0x42, 0x82, 0x88] + Array("matroska".utf8)) == nil ? .webm : .matroska
    } else {
      return nil
    }
  }
}
