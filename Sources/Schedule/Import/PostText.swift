/// A post that is being written: its file's text, and where the file belongs.
public struct PostText: Equatable, Sendable {
  public var id: String
  public var accounts: [String]
  public var time: String
  public var timezone: String?
  public var title: String?
  public var caption: String?
  public var media: [Media]
  /// Further keys, as JSON, which is YAML.
  public var more: [Line] = []

  public struct Line: Equatable, Sendable {
    public var key: String
    public var value: JSON
  }

  /// A comment above everything else, such as the name of the file's schema.
  public var firstLine: String?

  public init(
    id: String, accounts: [String], time: String, timezone: String? = nil, title: String? = nil, caption: String? = nil, media: [Media] = []
  ) {
    (self.id, self.accounts, self.time, self.timezone) = (id, accounts, time, timezone)
    (self.title, self.caption, self.media) = (title, caption, media)
  }

  /// `posts/2026/11/launch-teaser.yaml` by the date on the wall; below `posts/` itself where the time cannot be read.
  public var file: String {
    let name = Self.isPlain(id) && !id.hasPrefix(".") ? id : "post"
    // Why it is not a time is told by the check.
    guard let clock = try? WallClock.parse(time).clock else { return "posts/\(name).yaml" }
    return "posts/\(clock.description.prefix(7).replacing("-", with: "/"))/\(name).yaml"
  }

  public var text: String {
    var lines = [firstLine, "scheduled_time: \(WallClockText.isPlain(time) ? time : Self.scalar(time))"].compactMap(\.self)
    if let timezone { lines.append("timezone: \(Self.scalar(timezone))") }
    lines.append("accounts: [\(accounts.map(Self.scalar).joined(separator: ", "))]")
    if let title { lines.append("title: \(Self.scalar(title))") }
    if let caption { lines.append("caption: \(Self.prose(caption))") }
    if !media.isEmpty {
      lines.append("media:")
      for medium in media {
        lines.append("  - \(medium.source.key): \(Self.scalar(medium.source.text))")
        if let alt = medium.alt { lines.append("    alt: \(Self.scalar(alt))") }
      }
    }
    for line in more { lines.append("\(line.key): \(line.value.compactText())") }
    if !Self.isPlain(id) { lines.append("id: \(Self.scalar(id))") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// An id from words: `Doors open!` is `doors-open`. It ends with a word that leaves room for a number behind it.
  public static func slug(_ text: String, words most: Int = 6) -> String {
    let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    var id = words.first.map { String($0.prefix(longestSlug)) } ?? ""
    for word in words.prefix(most).dropFirst() {
      guard id.utf8.count + 1 + word.utf8.count <= longestSlug else { break }
      id += "-\(word)"
    }
    return id
  }

  private static let longestSlug = 100

  /// As it is where no reader of YAML could take it for anything else; in JSON's quotes, which YAML has too, otherwise.
  private static func scalar(_ text: String) -> String {
    isPlain(text) && !isMistakable(text) ? text : JSON.string(text).compactText()
  }

  /// Whether a library of YAML may read a word as a number, a flag or nothing. Source: the types of YAML 1.1 and the core schema of 1.2.2.
  private static func isMistakable(_ word: String) -> Bool {
    (0x30...0x39).contains(word.utf8.first ?? 0)
      || ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "inf", "nan"].contains(word.lowercased())
  }

  /// Several lines as a block, unless something in them needs quotes.
  private static func prose(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let isBlock = lines.count > 1 && !text.hasPrefix(" ") && !text.hasPrefix("\n") && text == text.printable(keeping: "\n")
    guard isBlock else { return scalar(text) }
    return "|\(text.hasSuffix("\n") ? "" : "-")" + lines.map { $0.isEmpty ? "\n" : "\n  \($0)" }.joined().trimmingLastLineEnd
  }

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, (0x61...0x7A).contains(first) || (0x30...0x39).contains(first) || (0x41...0x5A).contains(first)
    else {
      return false
    }
    return text.utf8.allSatisfy { byte in
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || "._-/".utf8.contains(byte)
    }
  }
}

extension Media.Source {
  /// A path, or an address where it has the form of one.
  public init(_ text: String) { self = text.contains("://") ? .url(text) : .path(text) }

  fileprivate var key: String {
    switch self {
    case .path: "path"
    case .url: "url"
    }
  }
}

/// Times have colons, and are plain all the same.
private enum WallClockText {
  static func isPlain(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) || "-:T+Z".utf8.contains($0) } && !text.hasSuffix(":")
      && !text.hasPrefix("-")
  }
}

extension String {
  fileprivate func printable(keeping kept: Character) -> String {
    split(separator: kept, omittingEmptySubsequences: false).map(\.printable).joined(separator: String(kept))
  }

  fileprivate var trimmingLastLineEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}
