/// The header field `Retry-After`.
///
/// - Source: RFC 9110, 10.2.3: seconds, or a date.
public enum RetryAfter {
  /// Nobody may hold a delivery back for longer at once.
  public static let longest = Duration.seconds(86_400)

  /// How long to wait, between nothing and ``longest``; `nil` for nonsense, which counts as absent.
  ///
  /// - Parameter now: in seconds since 1970.
  public static func wait(_ text: String, now: Int64) -> Duration? {
    let text = text.split(separator: " ").joined(separator: " ")
    guard !text.isEmpty else { return nil }
    if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      return min(longest, Int64(text).map { .seconds($0) } ?? longest)
    }
    return HTTPDate.seconds(text).map { min(longest, .seconds(max(0, $0 - now))) }
  }
}
