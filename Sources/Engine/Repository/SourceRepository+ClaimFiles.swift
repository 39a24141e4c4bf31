import Git
import Schedule

/// What stands where the claim of a delivery would: whoever can push wrote it, so nothing in it is more than a word (N1).
enum ClaimFile: Equatable, Sendable {
  case none
  case claim(FoundClaim)
  /// Nobody knows what somebody meant: that delivery is not begun, and no other one suffers for it (N7). Why, and what to do.
  case unreadable(String)

  var claim: ClaimRecord? {
    guard case .claim(let found) = self else { return nil }
    return found.record
  }
}

/// What says that claims are made in the repository.
enum ClaimingFile: Equatable, Sendable {
  case none
  case since(ClaimingRecord)
  /// Somebody may have said so, whoever made it unreadable since.
  case unreadable(String)
}

extension SourceRepository {
  /// The claim of a delivery as of a commit.
  ///
  /// - Throws: ``GitError`` where the repository cannot be read; what somebody wrote is a value.
  func claimFile(of id: DeliveryID, at tip: ObjectID?, in repository: borrowing Repository) throws -> ClaimFile {
    switch try ownFile(ClaimRecord.file(of: id), at: tip, in: repository, { try FoundClaim($0) }) {
    case .absent: return .none
    case .unreadable(let why): return .unreadable(why)
    case .record(let found):
      guard found.record.id == id else {
        return .unreadable(unreadable(ClaimRecord.file(of: id), "it is the claim of \(found.record.id)"))
      }
      return .claim(found)
    }
  }

  func claimBlob(of id: DeliveryID, at tip: ObjectID?, in repository: borrowing Repository) throws -> ObjectID? {
    guard let tip else { return nil }
    return try repository.entry(at: "\(folder)/\(ClaimRecord.file(of: id))", in: repository.tree(of: tip), through: .anyFolders)?.id
  }

  /// Since when claims are made in this repository, as of a commit. Where `status` is no folder nobody can claim anything, and one file of
  /// somebody must not hold what others ask for (N7).
  func claimingFile(at tip: ObjectID?, in repository: borrowing Repository) throws -> ClaimingFile {
    if let tip, try obstacle(onTheWayTo: ClaimingRecord.file, in: repository.tree(of: tip), repository) != nil { return .none }
    return switch try ownFile(ClaimingRecord.file, at: tip, in: repository, { try ClaimingRecord(json: $0) }) {
    case .absent: .none
    case .record(let record): .since(record)
    case .unreadable(let why): .unreadable(why)
    }
  }

  enum OwnFile<Record> {
    case absent
    case record(Record)
    case unreadable(String)
  }

  /// What a file that Posthorn alone writes says. Whatever else somebody put there, or beside the folders on the way, does not hide it.
  func ownFile<Record>(
    _ file: String, at tip: ObjectID?, in repository: borrowing Repository, _ read: (JSON) throws -> Record
  ) throws -> OwnFile<Record> {
    guard let tip else { return .absent }
    let (tree, path) = (try repository.tree(of: tip), "\(folder)/\(file)")
    do {
      guard let entry = try repository.entry(at: path, in: tree, through: .anyFolders) else {
        return try obstacle(onTheWayTo: file, in: tree, repository).map { .unreadable(unreadable(file, "\($0) is no folder")) } ?? .absent
      }
      guard entry.kind == .file || entry.kind == .executable else { return .unreadable(unreadable(file, "it is no file")) }
      return .record(try read(try JSON.parse(try repository.blob(entry.id, limit: Self.largestClaim))))
    } catch let error as GitError where error.reason != .tooLarge && error.reason != .invalid {
      throw error
    } catch {
      return .unreadable(unreadable(file, "\(error)"))
    }
  }

  /// What stands in the place of a folder that would have to be there for a file.
  private func obstacle(onTheWayTo file: String, in tree: ObjectID, _ repository: borrowing Repository) throws -> String? {
    var path = folder
    for name in file.split(separator: "/").dropLast() {
      path += "/\(name)"
      guard let entry = try repository.entry(at: path, in: tree, through: .anyFolders) else { return nil }
      if entry.kind != .folder { return path }
    }
    return nil
  }

  private func unreadable(_ file: String, _ why: String) -> String { Obstruction.unreadable("\(folder)/\(file)", why).text }

  static let largestClaim = 1 << 20
}
