/// Finds what somebody probably meant.
public enum Spelling {
  /// The candidate that is fewest slips away from `word`: letters changed, added, left out or swapped, without regard to case.
  ///
  /// - Returns: `nil` where nothing is near: one slip in a short word, three in a long one.
  public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(word.prefix(64).lowercased().utf8).map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
    let limit = min(3, max(1, wanted.count / 3))
    var best: (candidate: String, slips: Int)?
    for candidate in candidates.prefix(mostCandidates) where candidate != word {
      let known = Array(candidate.lowercased().utf8).map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
      guard let slips = slips(from: wanted, to: known, atMost: limit), slips < best?.slips ?? .max else { continue }
      best = (candidate, slips)
    }
    return best?.candidate
  }

  /// Tried for one word: a repository may have any number of accounts, and a file a hundred words to ask about.
  private static let mostCandidates = 1000

  /// `; did you mean "accounts"?`, or nothing.
  static func question(_ word: String, among candidates: some Sequence<String>) -> String {
    nearest(to: word, among: candidates).map { "; did you mean \"\($0)\"?" } ?? ""
  }

  /// The restricted Damerau-Levenshtein distance; `nil` above `limit`.
  static func slips(from left: [UInt8], to right: [UInt8], atMost limit: Int) -> Int? {
    guard abs(left.count - right.count) <= limit else { return nil }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, letter) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other { cost = min(cost, beforeLast[column - 1] + 1) }
        current.append(cost)
      }
      guard current.contains(where: { $0 <= limit }) else { return nil }
      (beforeLast, last) = (last, current)
    }
    return last[right.count] <= limit ? last[right.count] : nil
  }
}
