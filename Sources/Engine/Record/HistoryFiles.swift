import Git
import Logging
import Schedule
import Synchronization

/// The history files of one commit, for a state directory that takes all of them in.
struct HistoryFiles: Sendable {
  private var files: [(path: String, blob: ObjectID)] = []

  mutating func add(_ entry: TreeEntry, at path: String, _ logger: Logger) {
    if HistoryRecord.isSound(entry, at: path, logger) { files.append((path, entry.id)) }
  }

  mutating func add(_ other: HistoryFiles) { files += other.files }

  /// Those that are, by their names, of one of these deliveries.
  func files(of deliveries: Set<DeliveryID>, in folder: String) -> [(path: String, blob: ObjectID)] {
    guard !deliveries.isEmpty else { return [] }
    return files.filter { path, _ in
      HistoryRecord.attempt(ofFile: path.dropFirst(folder.utf8.count + 1)).map { deliveries.contains($0.delivery) } ?? false
    }
  }

  /// What all of them tell, read on all cores. A file that is of another attempt than its name says tells nothing.
  ///
  /// - Parameters:
  ///   - repository: the git directory.
  ///   - keys: those that vouch for what says something about the clock.
  func past(in repository: String, keys: HostKeys, now: Instant, _ logger: Logger) async throws -> LearnedPast {
    let gathered = Gathered(keys: keys, now: now)
    try await ManyFiles(files.map(\.blob), in: repository).read { next, blobs in
      while let numbers = try next() {
        gathered.add(
          try numbers.compactMap { number in
            let (path, blob) = files[number]
            return try HistoryRecord.read(at: path, logger) { () throws(GitError) in
              try blobs.read(blob, limit: HistoryRecord.largest) { Array($0) }
            }?.record
          })
      }
    }
    return gathered.past
  }

  /// What all cores have learned so far.
  private final class Gathered: Sendable {
    private let learned: Mutex<LearnedPast>

    private let keys: HostKeys
    private let now: Instant

    init(keys: HostKeys, now: Instant) {
      (self.keys, self.now) = (keys, now)
      learned = Mutex(LearnedPast(now: now))
    }

    func add(_ records: [HistoryRecord]) {
      let vouched = records.map { $0.mayDoubtClock(at: now) && keys.vouch(for: $0) }
      learned.withLock { past in for (record, isVouchedFor) in zip(records, vouched) { past.take(record, isVouchedFor: isVouchedFor) } }
    }

    var past: LearnedPast { learned.withLock { $0 } }
  }
}

extension HistoryRecord {
  /// Of one file.
  static let largest = 1 << 20

  /// Whether there is a history file; a word in the log where there should be one.
  static func isSound(_ entry: TreeEntry, at path: String, _ logger: Logger) -> Bool {
    if let problem = entry.problem {
      logger.error("a history file cannot be read and is passed over", metadata: ["path": "\(path)", "error": "it is \(problem)"])
    }
    return entry.problem == nil && path.hasSuffix(".json")
  }

  /// What a history file says; `nil`, and a word in the log, for one that says nothing.
  static func read(at path: String, _ logger: Logger, bytes: () throws(GitError) -> [UInt8]) throws -> (record: HistoryRecord, json: JSON)?
  {
    do {
      let json = try JSON.parse(try bytes())
      let record = try HistoryRecord(json: json)
      guard path.hasSuffix("/\(record.file)") else {
        throw RecordError(field: "", reason: "is of another attempt than its file's name says: \(record.file)")
      }
      return (record, json)
    } catch let error as GitError where !error.isOfContent {
      throw error
    } catch {
      logger.error("a history file cannot be read and is passed over", metadata: ["path": "\(path)", "error": "\(error)"])
      return nil
    }
  }
}
