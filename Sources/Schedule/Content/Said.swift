/// What a delivery says to those who read it, overrides applied, as two numbers: equal ones say the same.
///
/// They are the same on every host and in every process, so they may lie on disk. Whoever finds two texts that meet has only held a post of
/// his own back.
public struct Said: Hashable, Sendable {
  /// Of title and caption, and of how many media there are.
  public let words: UInt32
  /// Of which media these are.
  public let media: UInt32

  public init(_ post: Post, for account: AccountName) {
    let own = post.overrides.isEmpty ? nil : post.overrides[account]
    var words = Digest()
    words.feed(own?.title ?? post.title ?? "")
    words.feed(own?.caption ?? post.caption ?? "")
    let files = own?.media ?? post.media
    words.feed(files.count)
    var media = Digest()
    for medium in files {
      switch medium.source {
      case .path(let path): media.feed(path)
      case .url(let url): media.feed(url)
      }
    }
    (self.words, self.media) = (words.value, media.value)
  }

  /// By a file that has errors.
  public static let nothing = Said(number: 0)

  /// Both in one, for files.
  public var number: Int64 { Int64(bitPattern: UInt64(words) << 32 | UInt64(media)) }

  public init(number: Int64) {
    let bits = UInt64(bitPattern: number)
    (words, media) = (UInt32(truncatingIfNeeded: bits >> 32), UInt32(truncatingIfNeeded: bits))
  }
}

/// FNV-1a, of 64 bits folded to 32. Source: Fowler, Noll, Vo; RFC 9923.
private struct Digest {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  var value: UInt32 { UInt32(truncatingIfNeeded: state ^ state >> 32) }

  /// Without blanks and line ends behind it: `caption: |` has one, `caption: text` has none.
  mutating func feed(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      let end = bytes.lastIndex { $0 != 0x0A && $0 != 0x20 }.map { $0 + 1 } ?? 0
      for byte in bytes[..<end] { feed(byte) }
      feed(end)
    }
  }

  mutating func feed(_ number: Int) {
    for shift in stride(from: 0, to: 64, by: 8) { feed(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  private mutating func feed(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
}

extension ContentReader {
  /// A post's words, whatever settings and accounts say, errors elsewhere in it or not; `nil` where it is no post.
  public mutating func words(_ bytes: [UInt8], at path: String, zones: Zones) -> Post? {
    var ignored: [Diagnostic] = []
    let catalog = Catalog(settings: nil, accounts: [], zones: zones, platforms: [], diagnostics: &ignored)
    return bytes.withUnsafeBufferPointer { bytes in
      begin(bytes, at: path, kind: "a post").flatMap { draft($0, stem: ContentFile.stem(of: path), catalog).post }
    }
  }
}
