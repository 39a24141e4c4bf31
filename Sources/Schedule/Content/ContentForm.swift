/// One kind of thing that a platform publishes, and its limits: a film, a row of pictures, a text.
public struct ContentForm: Equatable, Sendable {
  /// With its article, as sentences need it: `a film`.
  public let name: String
  /// `nil` for a form without media.
  public let media: MediaLimits?
  public let texts: [TextLimit]

  public init(_ name: String, media: MediaLimits? = nil, texts: [TextLimit]) {
    self.name = name
    self.media = media
    self.texts = texts
  }

  public struct MediaLimits: Equatable, Sendable {
    public let types: [MediaType]
    public let count: ClosedRange<Int>
    /// Of one file; `nil` where the platform names none.
    public let bytes: Int?
    /// Whether files of the repository can be sent, or only URLs that the platform fetches itself.
    public let source: Source
    /// Of each side, in pixels; `nil` where the platform names no limits.
    public let sides: ClosedRange<Int>?
    /// `nil` for pictures.
    public let film: FilmLimits?

    public enum Source: Equatable, Sendable {
      case any, url
    }

    public init(
      _ types: [MediaType], count: ClosedRange<Int>, bytes: Int? = nil, source: Source = .any, sides: ClosedRange<Int>? = nil,
      film: FilmLimits? = nil
    ) {
      self.types = types
      self.count = count
      self.bytes = bytes
      self.source = source
      self.sides = sides
      self.film = film
    }

    var typeNames: String { types.map(\.rawValue).joined(separator: ", ") }
  }

  /// What a platform asks of a film beyond its file; what a film does not say of itself is not held against it.
  public struct FilmLimits: Equatable, Sendable {
    public let longest: Duration?
    /// Frames a second, whole ones: what a film has is rounded to one.
    public let frameRates: ClosedRange<Int>?
    /// None where the platform names none.
    public let codecs: [VideoCodec]

    public init(atMost longest: Duration? = nil, frameRates: ClosedRange<Int>? = nil, codecs: [VideoCodec] = []) {
      self.longest = longest
      self.frameRates = frameRates
      self.codecs = codecs
    }
  }
}

/// How long a text may be, counted as the platform counts.
public struct TextLimit: Equatable, Sendable {
  public enum Field: String, Sendable {
    case title, caption
  }

  public enum Unit: Equatable, Sendable {
    /// What people see as one character. Source: Unicode UAX #29.
    case characters
    /// The same, each web address counting as so many.
    case charactersWithLinks(of: Int)
    case utf16
    case bytes
  }

  public let field: Field
  public let most: Int
  public let unit: Unit

  public init(_ field: Field, atMost most: Int, _ unit: Unit) {
    self.field = field
    self.most = most
    self.unit = unit
  }

  /// Whether it fits; nothing is counted for a text that does in any unit.
  func allows(_ text: String) -> Bool { text.utf8.count <= most && !isStretching || length(of: text) <= most }

  /// A link may count for more than it has.
  private var isStretching: Bool { if case .charactersWithLinks = unit { true } else { false } }

  func length(of text: String) -> Int {
    switch unit {
    case .characters: text.count
    case .charactersWithLinks(let length): Self.length(of: text, linksAs: length)
    case .utf16: text.utf16.count
    case .bytes: text.utf8.count
    }
  }

  private static func length(of text: String, linksAs length: Int) -> Int {
    var (count, rest) = (0, text[...])
    func link() -> Range<Substring.Index>? {
      [rest.firstRange(of: "https://"), rest.firstRange(of: "http://")].compactMap(\.self).min { $0.lowerBound < $1.lowerBound }
    }
    while let start = link() {
      count += rest[..<start.lowerBound].count + length
      rest = rest[start.lowerBound...].drop { !$0.isWhitespace }
    }
    return count + rest.count
  }

  /// The unit, for so many.
  func words(_ number: Int) -> String {
    switch unit {
    case .characters: "\(number) characters"
    case .charactersWithLinks(let length): "\(number) characters, each link counting as \(length)"
    case .utf16: "\(number) UTF-16 units, of which an emoji has two or more"
    case .bytes: "\(number) bytes of UTF-8, of which é has two"
    }
  }
}
