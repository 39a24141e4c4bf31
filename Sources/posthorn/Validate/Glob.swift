/// A pattern for paths as `.gitignore` has them: `*` and `?` within a part, `**` across parts; without a slash it is about any part. What it
/// matches it matches with all that lies below.
///
/// - Source: gitignore(5), without negation and brackets.
struct Glob {
  private let parts: [Substring]

  /// `nil` for a pattern that is empty.
  init?(_ pattern: String) {
    var parts = pattern.split(separator: "/")
    guard !parts.isEmpty else { return nil }
    if !pattern.dropLast().contains("/") { parts.insert("**", at: 0) }
    self.parts = parts
  }

  func matches(_ path: String) -> Bool { Self.matches(parts[...], path.split(separator: "/")[...]) }

  private static func matches(_ pattern: ArraySlice<Substring>, _ path: ArraySlice<Substring>) -> Bool {
    guard let first = pattern.first else { return true }
    if first == "**" {
      if pattern.count == 1 { return !path.isEmpty }
      return path.indices.contains { matches(pattern.dropFirst(), path[$0...]) }
    }
    guard let part = path.first, matches(part: Array(first.unicodeScalars), Array(part.unicodeScalars)) else { return false }
    return matches(pattern.dropFirst(), path.dropFirst())
  }

  /// One part; what a star took is given back only to the last star.
  private static func matches(part pattern: [Unicode.Scalar], _ text: [Unicode.Scalar]) -> Bool {
    var (place, at) = (0, 0)
    var star: (place: Int, at: Int)?
    while at < text.count {
      if place < pattern.count, pattern[place] == "*" {
        star = (place, at)
        place += 1
      } else if place < pattern.count, pattern[place] == "?" || pattern[place] == text[at] {
        (place, at) = (place + 1, at + 1)
      } else if let last = star {
        star = (last.place, last.at + 1)
        (place, at) = (last.place + 1, last.at + 1)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == "*" }
  }
}
