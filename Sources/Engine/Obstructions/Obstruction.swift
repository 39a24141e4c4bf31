/// Something that somebody put where Posthorn alone writes, and what ends it.
public struct Obstruction: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// It keeps a record from being written.
    case inTheWay
    /// It is in the place of a record and says nothing.
    case unreadable
  }

  public let kind: Kind
  /// From the repository's root.
  public let path: String
  /// What is wrong, facts only.
  public let problem: String
  public let advice: String

  static func inTheWay(_ path: String, _ what: String) -> Obstruction {
    Obstruction(
      kind: .inTheWay, path: path, problem: "it is \(what)",
      advice: "rename or remove what is in the way: git rm -r \(path), commit, and push")
  }

  static func unreadable(_ path: String, _ why: String) -> Obstruction {
    Obstruction(
      kind: .unreadable, path: path, problem: why,
      advice: "Posthorn alone writes it: bring back what it wrote (git log -p -- \(path)), or, once it is known that nobody needs it, run: "
        + "git rm -r \(path), commit, and push")
  }

  /// What is said where the file is needed.
  var text: String { "\(path) cannot be read: \(problem); \(advice)" }
}
