/// A distance from UTC, in seconds east of it.
public struct Offset: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let seconds: Int

  public init(seconds: Int) { self.seconds = seconds }

  /// `-05:00`; seconds only where a zone had them, `+00:53:28`.
  public var description: String {
    String(unsafeUninitializedCapacity: 32) { buffer in
      var text = DigitWriter(buffer)
      let distance = abs(seconds)
      text.write(seconds < 0 ? "-" : "+")
      text.write(distance / 3600, width: distance >= 360_000 ? 8 : 2)
      text.write(":")
      text.write(distance / 60 % 60, width: 2)
      if distance % 60 != 0 {
        text.write(":")
        text.write(distance % 60, width: 2)
      }
      return text.count
    }
  }

  public static func < (left: Offset, right: Offset) -> Bool { left.seconds < right.seconds }
}
