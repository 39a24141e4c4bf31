import Git
import Platforms
import Schedule

extension Audit {
  /// Judges the history files that one record commit added.
  mutating func judge(_ added: [String: TreeEntry], of commit: Commit, _ form: RecordForm) throws {
    var records: [(path: String, record: HistoryRecord)] = []
    var faults: [String: Objection] = [:]
    for (path, entry) in added.sorted(by: { $0.key < $1.key }) {
      do {
        let (record, fault) = try read(entry) { json in
          let record = try HistoryRecord(json: json)
          return (record, sealObjection(json, isWord: record.saidBy != nil))
        }
        records.append((path, record))
        faults[path] = fault
      } catch let error as Unreadable {
        object([Objection(.historyUnreadable, "it is no record: \(error.why)")], commit, path)
      }
    }
    records.sort { ($0.record.attempt, $0.path) < ($1.record.attempt, $1.path) }
    for (path, record) in records {
      object(record.objections(at: String(path.dropFirst(folder.utf8.count + 1))), commit, path)
      if let fault = faults[path] { object([fault], commit, path) }
      object(ledger.take(record, isVouchedFor: faults[path] == nil), commit, path)
      if let objection = Self.hostObjection(record, form, first: records.first?.record) { object([objection], commit, path) }
      if let objection = Self.keyObjection(record) { object([objection], commit, path) }
      object(try sourceObjections(record, commit), commit, path)
    }
  }

  /// One process makes a record commit, so all in it is of one host and one state directory.
  private static func hostObjection(_ record: HistoryRecord, _ form: RecordForm, first: HistoryRecord?) -> Objection? {
    let host = record.host.filter { $0.isASCII && !$0.isWhitespace }
    if host != form.host {
      return Objection(.recordHost, "the record is of another host than its commit", expected: form.host, found: host)
    }
    guard let first, first.incarnation != record.incarnation else { return nil }
    return Objection(
      .recordHost, "the commit has records of two state directories", expected: first.incarnation, found: record.incarnation)
  }

  /// The key follows from the delivery, its instant, and the attempt with which the arming began.
  private static func keyObjection(_ record: HistoryRecord) -> Objection? {
    let id = DeliveryID(post: record.post, account: record.account)
    let possible = (1...min(record.attempt, 1000)).lazy.map { deliveryKey(id, scheduledAt: record.scheduledAt, firstAttempt: $0) }
    guard record.attempt <= 1000, !possible.contains(record.key) else { return nil }
    return Objection(
      .attemptKey, "the key is not that of this delivery at this instant",
      expected: deliveryKey(id, scheduledAt: record.scheduledAt, firstAttempt: 1), found: record.key)
  }

  /// What the commit that the record names says otherwise.
  private mutating func sourceObjections(_ record: HistoryRecord, _ commit: Commit) throws -> [Objection] {
    let repository = handle
    guard let id = ObjectID(hex: record.source.commit), try survey.isOnBranch(id, before: commit, in: repository.repository) else {
      return [
        Objection(
          .sourceUnknown, "the commit that it names as its source was not on the branch before it", expected: "a commit of the branch",
          found: record.source.commit)
      ]
    }
    let source = try repository.repository.commit(id)
    var found: [Objection] = []
    for (name, person, named) in [
      ("author", source.author, record.source.author), ("committer", source.committer, record.source.committer),
    ] where "\(person.name) <\(person.email)>" != named {
      found.append(
        Objection(.sourcePerson, "the source's \(name) is somebody else", expected: "\(person.name) <\(person.email)>", found: named))
    }
    guard let entry = try repository.repository.entry(at: record.path, in: source.tree, remembering: folders), entry.kind != .folder,
      entry.id.hex == record.source.blob, ContentPath.isBelow("\(folder)/posts", record.path)
    else {
      let there = try repository.repository.entry(at: record.path, in: source.tree, remembering: folders)
      let what = there.map { $0.kind == .folder ? "a folder" : "blob \($0.id)" } ?? "no such file"
      found.append(
        Objection(
          .sourceBlob, "the source has something else at \(record.path)", expected: what, found: "blob \(record.source.blob)"))
      return found
    }
    guard entry.problem == nil, try repository.repository.blobSize(entry.id) <= Self.fileLimit else { return found }
    let bytes = try repository.repository.blob(entry.id, limit: Self.fileLimit)
    let digest = ContentDigest.sha256(bytes)
    if digest != record.contentSHA256 {
      found.append(
        Objection(.contentDigest, "the content is another one than what was merged", expected: digest, found: record.contentSHA256))
    }
    let request = reader.request(bytes, at: record.path, zones: zones)
    found += record.objections(to: request, zones: zones, statedZones: survey.zones)
    return found + (try mediaObjections(record, source))
  }

  private func mediaObjections(_ record: HistoryRecord, _ source: Commit) throws -> [Objection] {
    var found: [Objection] = []
    for medium in record.media {
      guard let digest = medium.sha256 else { continue }
      let expected = try digestOfMedium(medium.path, in: source)
      if expected != digest {
        found.append(
          Objection(
            .contentMedia, "\(medium.path) is another file than what was merged", expected: expected ?? "no such file", found: digest))
      }
    }
    return found
  }

  private func digestOfMedium(_ path: String, in source: Commit) throws -> String? {
    guard let entry = try handle.repository.entry(at: "\(folder)/\(path)", in: source.tree, remembering: folders), entry.problem == nil,
      entry.kind != .folder
    else { return nil }
    var reading = MediaReading()
    try reading.add(path, entry.id, handle.repository)
    return reading.digests.first?.sha256
  }

  /// A record out of a file.
  ///
  /// - Throws: ``Unreadable`` where the file is none.
  func read<Record>(_ entry: TreeEntry, as record: (JSON) throws -> Record) throws -> Record {
    if let problem = entry.problem { throw Unreadable(why: "it is \(problem)") }
    guard entry.kind == .file else { throw Unreadable(why: "it is no plain file") }
    guard try handle.repository.blobSize(entry.id) <= Self.fileLimit else { throw Unreadable(why: "it is longer than 1 MiB") }
    let bytes = try handle.repository.blob(entry.id, limit: Self.fileLimit)
    do { return try record(try JSON.parse(bytes)) } catch { throw Unreadable(why: "\(error)") }
  }

  static let fileLimit = 1 << 20
}

/// Why a file is no record.
struct Unreadable: Error {
  let why: String
}
