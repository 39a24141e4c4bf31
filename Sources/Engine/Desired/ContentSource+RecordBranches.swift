import Git
import Schedule

extension ContentSource {
  /// Every branch that `record.branch` has named in the history of `tip`, the newest first.
  ///
  /// - Parameter known: only what was added since is looked at, where it is given and is here.
  func namedBranches(upTo tip: ObjectID, since known: ObjectID?) throws -> [String] {
    if let lastNamed, lastNamed.tip == tip, lastNamed.known == known { return lastNamed.names }
    let named = NamedBranches(folder: folder, zones: environment.zones, branches: branches)
    let names = try withRepository { try named.names(upTo: tip, since: known, $0) }
    lastNamed = (tip, known, names)
    return names
  }
}
