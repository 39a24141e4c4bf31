import Git
import Schedule

/// The records in one commit: `status/` and `history/` below the content folder.
final class RecordFolder {
  private let repository: Repository
  private let folder: String
  private let tree: ObjectID
  /// Says which file is passed over, and why.
  private let complain: (String) -> Void

  init(at commit: ObjectID, in path: String, folder: String, complain: @escaping (String) -> Void) throws(Failure) {
    (self.folder, self.complain) = (folder, complain)
    do throws(GitError) { repository = try Repository(screened: path, content: folder) } catch { throw .couldNot(error.description) }
    do throws(GitError) { tree = try repository.tree(of: commit) } catch { throw .couldNot(error.description) }
  }

  /// Every status file.
  func statuses() throws(Failure) -> [StatusRecord] {
    var found: [StatusRecord] = []
    do {
      guard try repository.entry(at: "\(folder)/status/posts", in: tree, through: .anyFolders) != nil else { return [] }
      try repository.walk(tree, under: "\(folder)/status/posts", through: .anyFolders) { path, entry in
        if let record = try record(entry, at: path, read: { json throws(RecordError) in try StatusRecord(json: json) }) {
          found.append(record)
        }
      }
    } catch { throw .couldNot("\(error)") }
    return found
  }

  /// What two daemons have recorded and nobody has looked at, in order.
  func doubles() throws(Failure) -> [DoubleRecord] {
    let place = "\(folder)/\(DoubleRecord.folder)"
    var found: [DoubleRecord] = []
    do {
      guard let entry = try repository.entry(at: place, in: tree, through: .anyFolders), entry.kind == .folder else { return [] }
      try repository.walk(entry.id, through: .anyFolders) { file, entry in
        let path = "\(place)/\(file)"
        guard let double = try record(entry, at: path, read: { json throws(RecordError) in try DoubleRecord(json: json) }) else { return }
        guard path == "\(folder)/\(double.file)" else {
          return complain("\(path.printable) is passed over: it is about another attempt than its name says")
        }
        found.append(double)
      }
    } catch { throw .couldNot("\(error)") }
    return found.sorted { ($0.id, $0.attempt.number) < ($1.id, $1.attempt.number) }
  }

  /// The status files of the posts at these paths, each from the repository's root.
  func statuses(ofPosts paths: some Sequence<String>) throws(Failure) -> [StatusRecord] {
    let names = paths.flatMap { StatusRecord.places(ofPost: $0, in: folder) }
    let asked = Set(paths.map { Array($0.utf8) })
    do {
      return try repository.entries(at: names, in: tree).compactMap { name, entry in
        try record(entry, at: String(decoding: name, as: UTF8.self)) { json throws(RecordError) in try StatusRecord(json: json) }
      }.filter { asked.contains(Array($0.path.utf8)) }
    } catch { throw .couldNot("\(error)") }
  }

  /// The host whose daemon said last that it publishes; `nil` where none did.
  func daemonHost() throws(Failure) -> String? {
    let path = "\(folder)/\(DaemonRecord.file)"
    do {
      guard let entry = try repository.entry(at: path, in: tree, through: .anyFolders) else { return nil }
      return try record(entry, at: path) { json throws(RecordError) in try DaemonRecord(json: json) }?.keeper.host
    } catch { throw .couldNot("\(error)") }
  }

  /// What the last sync of each account saw.
  func accounts() throws(Failure) -> [AccountName: AccountRecord] {
    var found: [AccountName: AccountRecord] = [:]
    do {
      guard let entry = try repository.entry(at: "\(folder)/\(AccountRecord.folder)", in: tree, through: .anyFolders), entry.kind == .folder
      else { return [:] }
      for file in try repository.entries(of: entry.id, at: "\(folder)/\(AccountRecord.folder)") {
        let place = "\(folder)/\(AccountRecord.folder)/\(file.name)"
        if let record = try record(file, at: place, read: { json throws(RecordError) in try AccountRecord(json: json) }) {
          found[record.account] = record
        }
      }
    } catch { throw .couldNot("\(error)") }
    return found
  }

  /// The newest attempts, newest first, at most `limit`: the folders of days are walked backwards, and no further than needed.
  func history(of post: PostID?, limit: Int) throws(Failure) -> [HistoryRecord] {
    var found: [HistoryRecord] = []
    do {
      guard let root = try repository.entry(at: "\(folder)/history", in: tree, through: .anyFolders), root.kind == .folder else {
        return []
      }
      for year in try folders(of: root.id) {
        for month in try folders(of: year.id) {
          for day in try folders(of: month.id) {
            let place = "\(folder)/history/\(year.name)/\(month.name)/\(day.name)"
            found += try attempts(of: post, in: day.id, at: place).sorted { $0.finishedAt > $1.finishedAt }
            if found.count >= limit { return Array(found.prefix(limit)) }
          }
        }
      }
    } catch { throw .couldNot("\(error)") }
    return found
  }

  /// The history files with these names, below the content folder, as far as they are there.
  func records(at files: [String]) throws(Failure) -> [HistoryRecord] {
    do {
      return try repository.entries(at: files.map { "\(folder)/\($0)" }, in: tree).compactMap { name, entry in
        try record(entry, at: String(decoding: name, as: UTF8.self)) { json throws(RecordError) in try HistoryRecord(json: json) }
      }
    } catch { throw .couldNot("\(error)") }
  }

  private func attempts(of post: PostID?, in day: ObjectID, at path: String) throws -> [HistoryRecord] {
    var found: [HistoryRecord] = []
    for entry in try folders(of: day) where post.map({ $0.text == entry.name }) ?? true {
      for file in try repository.entries(of: entry.id, at: "\(path)/\(entry.name)") {
        let place = "\(path)/\(entry.name)/\(file.name)"
        if let record = try record(file, at: place, read: { json throws(RecordError) in try HistoryRecord(json: json) }) {
          found.append(record)
        }
      }
    }
    return found
  }

  /// The folders of a folder, the last one first: their names are dates or parts of dates, or ids.
  private func folders(of tree: ObjectID) throws -> [TreeEntry] {
    try repository.entries(of: tree).filter { $0.kind == .folder && $0.ownProblem == nil }.reversed()
  }

  /// One record; `nil`, with a complaint, for a file that is none: anybody can commit anything there.
  private func record<Record>(_ entry: TreeEntry, at path: String, read: (JSON) throws -> Record) throws -> Record? {
    guard path.hasSuffix(".json"), entry.kind == .file, entry.ownProblem == nil else { return nil }
    do { return try read(try JSON.parse(try repository.blob(entry.id, limit: 1 << 20))) } catch let error as RecordError {
      complain("\(path.printable) is passed over: \(error)")
    } catch let error as JSONError {
      complain("\(path.printable) is passed over: it is no JSON: \(error)")
    } catch let error as GitError where error.reason == .tooLarge {
      complain("\(path.printable) is passed over: \(error.detail)")
    }
    return nil
  }
}

extension StatusRecord {
  /// The files, from the repository's root, that may say where the post at `path` stands: its own, and that of an earlier version.
  static func places(ofPost path: String, in folder: String) -> [String] {
    let post = ContentPath.inside(folder, path)
    return [file(ofPost: post), earlierFile(ofPost: post)].compactMap { $0.map { "\(folder)/\($0)" } }
  }
}
