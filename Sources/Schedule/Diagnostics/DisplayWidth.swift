extension StringProtocol {
  /// How many cells of a terminal the text takes; what is unprintable counts as nothing, so escape it first.
  public var displayWidth: Int { unicodeScalars.reduce(0) { $0 + ($1.isUnprintable ? 0 : $1.cells) } }

  /// The text cut to `width` cells, the last of them an ellipsis where something was cut off.
  public func clipped(toWidth width: Int) -> String {
    guard displayWidth > width else { return String(self) }
    var (shown, room) = ("", width - 1)
    for character in self {
      room -= String(character).displayWidth
      guard room >= 0 else { break }
      shown.append(character)
    }
    return width > 0 ? shown + "…" : ""
  }
}
