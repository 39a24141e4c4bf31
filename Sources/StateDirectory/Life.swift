/// One start of a process on a state directory: drawn anew each time, kept nowhere that a copy of the directory would bring along (N5).
///
/// An ``Incarnation`` names a directory, and a copied directory has the same one. Two lives of one incarnation are two daemons.
public struct Life: Equatable, Sendable, CustomStringConvertible {
  /// 32 hexadecimal digits.
  public let id: String

  public static func drawn() -> Life { Life(id: JournalID.random().description) }

  public var description: String { id }
}
