import Schedule
public import StateDirectory

/// A branch whose history upstream no longer contains what was adopted from it: the file `rewritten` in the state directory, as long as nobody
/// has said that it may go on. It tells people; nothing is decided by it.
public struct RewrittenBranch: Equatable, Sendable {
  public let branch: String
  /// The commit whose schedule stands here, and the one that the branch was at upstream when it was looked at last.
  public let adopted: String
  public let tip: String

  init(branch: String, adopted: String, tip: String) { (self.branch, self.adopted, self.tip) = (branch, adopted, tip) }

  /// The one that a state directory stands still at; `nil` where it follows its branch.
  public init?(of state: Folder) throws(StateError) {
    guard let bytes = try state.readSecret(Self.name, limit: 1 << 16) else { return nil }
    // What cannot be read is written again by the next look at upstream.
    guard let members = (try? JSON.parse(bytes))?.object, let branch = members["branch"]?.string,
      let adopted = members["adopted"]?.string, let tip = members["tip"]?.string
    else { return nil }
    self.init(branch: branch, adopted: adopted, tip: tip)
  }

  public var text: String {
    "branch \(branch) was rewritten: upstream it is at \(tip.prefix(12)), which does not contain \(adopted.prefix(12)), whose schedule stands "
      + "here; nothing new is scheduled"
  }

  public var remedy: String { "push a branch that contains \(adopted.prefix(12)), or, to go on from the new history, run: \(command)" }

  public var command: String { Self.command(tip) }

  /// What is said to whoever pushes one.
  public static func note(branch: String, from old: String, to new: String) -> String {
    "branch \(branch) no longer contains \(old.prefix(12)); if that was adopted, nothing new is scheduled until somebody says that it is meant: "
      + command(new)
  }

  public static func command(_ tip: some StringProtocol) -> String { "posthorn resume --rewritten \(tip.prefix(12))" }

  func save(in state: Folder) throws(StateError) {
    let json: JSON = ["adopted": .string(adopted), "branch": .string(branch), "tip": .string(tip)]
    try state.replace(Self.name, with: json.bytes())
  }

  static let name = "rewritten"
}
