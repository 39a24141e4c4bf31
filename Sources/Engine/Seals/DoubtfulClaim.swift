import Git
public import Schedule
public import Signatures
public import StateDirectory

/// A claim for which no key vouches that counts on this host, as `doctor` names it: it keeps its delivery until its term has passed.
public struct DoubtfulClaim: Sendable {
  /// From the repository's root.
  public let path: String
  public let why: String

  /// Those that stand at the newest commit of the branch of the records, as far as that is known here: it asks nobody and changes nothing.
  ///
  /// - Parameter state: the state directory, where there is one.
  public static func all(
    of location: Location, folder: String, state: Folder?, sealKey: SigningKey?, zones: Zones, platforms: [PlatformSchema]
  ) async throws -> [DoubtfulClaim] {
    guard let path = try location.localPath ?? state.flatMap({ try $0.exists("mirror.git") ? $0.path(of: "mirror.git") : nil }) else {
      return []
    }
    let screening = location.localPath.map(LooseObjectScreening.init)
    let content = ContentSource(
      path: path, screening: screening, folder: folder, branch: location.branch,
      environment: ContentEnvironment(zones: zones, platforms: platforms))
    let reference = { location.localPath == nil ? SourceRepository.upstream($0) : "refs/heads/\($0)" }
    guard let head = try Repository(at: path).reference(reference(location.branch)) else { return [] }
    let settings = try await content.catalog(at: head).settings
    let repository = try Repository(at: path, content: folder)
    guard let tip = try repository.reference(reference(settings.record.branch ?? location.recordBranch)) else { return [] }
    let keys = try HostKeys.present(in: state, given: sealKey)
    let pinned = try state.map { try SealMemory(of: $0).pinned } ?? []
    var trust = SealTrust(keys: keys, folder: folder, incarnation: "", pinned: pinned.union([keys.id]))
    trust.onlyPinned = settings.policy.requireSealed
    return try all(at: tip, in: repository, folder, &trust)
  }

  private static func all(at tip: ObjectID, in repository: borrowing Repository, _ folder: String, _ trust: inout SealTrust) throws
    -> [DoubtfulClaim]
  {
    let place = "\(folder)/\(ClaimRecord.folder)"
    guard let root = try repository.entry(at: place, in: repository.tree(of: tip), through: .anyFolders), root.kind == .folder else {
      return []
    }
    var files: [(path: String, blob: ObjectID)] = []
    try repository.walk(root.id, through: .anyFolders, limit: SourceRepository.mostClaims) { file, entry in
      if ClaimRecord.delivery(ofFile: "\(ClaimRecord.folder)/\(file)") != nil { files.append(("\(place)/\(file)", entry.id)) }
    }
    return try files.compactMap { path, blob in
      let found: FoundClaim
      do { found = try FoundClaim(try JSON.parse(try repository.blob(blob, limit: SourceRepository.largestClaim))) } catch {
        return DoubtfulClaim(path: path, why: "it cannot be read: \(error)")
      }
      return try trust.doubt(of: found, at: tip, in: repository).map { DoubtfulClaim(path: path, why: $0) }
    }
  }
}
