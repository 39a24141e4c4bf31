import Git
import Schedule

// What the last syncs of accounts saw, beside the statuses of posts.
extension SourceRepository {
  /// Every account's record on the branch that records go to, as far as it is known here. What is none is passed over: the next sync replaces it.
  func accountRecords(branch: String?, now: Instant) throws -> [AccountName: AccountRecord] {
    try tended(now: now) { try accountRecords(branch: branch, in: $0.repository) }
  }

  private func accountRecords(branch: String?, in repository: borrowing Repository) throws -> [AccountName: AccountRecord] {
    guard let tip = try repository.reference(reference(of: branch ?? location.recordBranch)) else { return [:] }
    var records: [AccountName: AccountRecord] = [:]
    let tree = try repository.tree(of: tip)
    guard let root = try repository.entry(at: "\(folder)/\(AccountRecord.folder)", in: tree, through: .anyFolders), root.kind == .folder
    else { return [:] }
    for entry in try repository.entries(of: root.id) {
      if let record = accountRecord(entry, in: repository) { records[record.account] = record }
    }
    return records
  }

  /// The accounts of a batch as edits of the newest tip: what was seen before stays where nothing new was seen.
  func accountEdits(_ accounts: [AccountName: AccountNews], onto tree: ObjectID?, in repository: borrowing Repository) throws -> [FileEdit]
  {
    let paths = accounts.keys.map { "\(folder)/\(AccountRecord.file(of: $0))" }
    let present = try tree.map { try standing(at: paths, in: $0, repository) } ?? [:]
    var edits: [FileEdit] = []
    for (account, news) in accounts.sorted(by: { $0.key < $1.key }) {
      let path = "\(folder)/\(AccountRecord.file(of: account))"
      let entry = present[Array(path.utf8)]
      let known = if let entry { accountRecord(entry, in: repository) } else { AccountRecord?.none }
      edits.append(FileEdit(path: path, content: news.record(over: known).bytes()))
    }
    return edits
  }

  /// Nothing stands in a folder that cannot be read; nothing can be written to it either, which is said there.
  private func standing(at paths: [String], in tree: ObjectID, _ repository: borrowing Repository) throws -> [[UInt8]: TreeEntry] {
    do { return try repository.entries(at: paths, in: tree) } catch {
      guard error.isOfContent else { throw error }
      return [:]
    }
  }

  private func accountRecord(_ entry: TreeEntry, in repository: borrowing Repository) -> AccountRecord? {
    guard entry.kind == .file, entry.problem == nil else { return nil }
    // Anybody can commit anything there; it is only what we said once ourselves.
    return try? AccountRecord(json: JSON.parse(repository.blob(entry.id, limit: 65_536)))
  }
}
