import Failpoints
import FoundationEssentials
import LFS
import Platforms
import Schedule
import StateDirectory
import Synchronization

/// The files that posts take along, in the state directory's `media/`, each named by its SHA-256; what is on its way has `.part` behind it.
///
/// A cache: what is missing is brought again. It has a thread of its own, since it copies and flushes whole films.
actor MediaStore {
  private let executor = ThreadExecutor(name: "media")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let state: Folder
  private var opened: Folder?
  private var underway: [String: Task<Result<LocalMedia, MediaFailure>, Never>] = [:]
  private let wanted = Atomic(true)

  /// Makes its folder with the first file.
  init(in state: Folder) { self.state = state }

  /// What is here already under that digest; from now on it counts as used.
  ///
  /// - Parameter size: what it has to have, where that is known.
  func present(_ sha256: String, size: Int? = nil) throws(StateError) -> LocalMedia? {
    guard Self.isDigest(sha256), let folder = try existing(), let found = try folder.cached(sha256),
      size.map({ Int64($0) == found.size }) ?? true
    else { return nil }
    try folder.touch(sha256)
    return LocalMedia(path: try path(of: sha256), size: found.size, sha256: sha256)
  }

  /// Keeps bytes whose digest is known.
  func keep(_ bytes: [UInt8], sha256: String) throws(StateError) -> LocalMedia {
    try folder().replace(sha256, with: bytes)
    return LocalMedia(path: try path(of: sha256), size: Int64(bytes.count), sha256: sha256)
  }

  /// The object, brought here by `bring` unless it is here or on its way: who wants it meanwhile waits for the same download.
  ///
  /// - Parameter bring: fills the file at the path, going on from what it finds there; what it leaves has the object's size and digest.
  func object(
    _ pointer: LFSPointer, bring: @escaping @Sendable (_ path: String) async throws(MediaFailure) -> Void
  ) async throws(MediaFailure) -> LocalMedia {
    if let local = try hosted({ () throws(StateError) in try present(pointer.oid, size: pointer.size) }) { return local }
    let task = underway[pointer.oid] ?? Task { await download(pointer, bring) }
    underway[pointer.oid] = task
    return try await task.value.get()
  }

  private func download(
    _ pointer: LFSPointer, _ bring: @Sendable (_ path: String) async throws(MediaFailure) -> Void
  ) async -> Result<LocalMedia, MediaFailure> {
    defer { underway[pointer.oid] = nil }
    let (oid, part) = (pointer.oid, pointer.oid + Self.partEnding)
    do throws(MediaFailure) {
      try requireRoom(pointer, part)
      try await bring(try hosted { () throws(StateError) in try path(of: part) })
      return .success(
        try hosted { () throws(StateError) in
          try folder().adopt(
            part, as: oid, beforeRename: { () throws(StateError) in try pass(.mediaVerified) },
            afterRename: { () throws(StateError) in try pass(.mediaRenamed) })
          return LocalMedia(path: try path(of: oid), size: Int64(pointer.size), sha256: oid)
        })
    } catch { return .failure(error) }
  }

  /// Copies an object that a repository of this machine has.
  ///
  /// - Returns: whether it is there, and is what its name says.
  func copy(_ path: String, of oid: String) async throws(StateError) -> Bool {
    guard try folder().copy(path, to: oid + Self.partEnding) else { return false }
    return await FileDigest.sha256(try self.path(of: oid + Self.partEnding)) == oid
  }

  /// Removes what nobody has used for so long and nothing that is pending needs, and what a crash has left.
  ///
  /// - Parameter needed: digests.
  func clean(keeping needed: Set<String>, unusedFor longest: Duration) throws(StateError) {
    guard let folder = try existing() else { return }
    try folder.sweep()  // nothing is being written while this runs
    for name in try folder.list() {
      let digest = name.hasSuffix(Self.partEnding) ? String(name.dropLast(Self.partEnding.count)) : name
      guard Self.isDigest(digest), underway[digest] == nil, let found = try folder.cached(name) else { continue }
      let whole = try folder.cached(digest)
      let isLeftOver = name != digest && whole != nil
      if isLeftOver || (!needed.contains(digest) && found.idle >= longest) { try folder.remove(name) }
    }
  }

  /// No download goes on from here; each can be taken up later.
  nonisolated func stop() { wanted.store(false, ordering: .relaxed) }
  nonisolated var isWanted: Bool { wanted.load(ordering: .relaxed) }

  private static let name = "media"
  private static let partEnding = ".part"
  /// What stays free beside a download, for the journal's own needs.
  private static let floor: Int64 = 128 << 20

  private static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  private func folder() throws(StateError) -> Folder {
    if let opened { return opened }
    let folder = try state.folder(Self.name)
    opened = folder
    return folder
  }

  /// The folder, unless nothing was ever kept.
  private func existing() throws(StateError) -> Folder? {
    if opened == nil, try !state.exists(Self.name) { return nil }
    return try folder()
  }

  private func path(of name: String) throws(StateError) -> String {
    URL(fileURLWithPath: try folder().path(of: name)).path  // absolute, whatever --state was
  }
}

extension MediaStore {
  private func requireRoom(_ pointer: LFSPointer, _ part: String) throws(MediaFailure) {
    let (here, free) = try hosted { () throws(StateError) in (try folder().cached(part)?.size ?? 0, try folder().freeSpace()) }
    guard Int64(pointer.size) - here > free - Self.floor else { return }
    throw .noRoom("it has \(pointer.size) bytes, and \(free) are free beside it in \(state.path)")
  }

  private func hosted<Value>(_ body: () throws(StateError) -> Value) throws(MediaFailure) -> Value {
    do { return try body() } catch {
      opened = nil  // it may have been removed under our hands; then it is made again
      throw .host(error)
    }
  }
}

/// Why a file is not here.
enum MediaFailure: Error {
  case delivery(DeliveryError)
  case host(StateError)

  /// What the attempt ends with.
  var error: DeliveryError {
    switch self {
    case .delivery(let error): error
    case .host(let error) where error.isLackOfSpace: Self.noRoomError("\(error)")
    case .host(let error): DeliveryError(.transient, code: "media.local", message: "this host cannot keep it: \(error)")
    }
  }

  var isNoRoom: Bool { error.code == Self.roomCode }

  static func noRoom(_ why: String) -> MediaFailure { .delivery(noRoomError(why)) }

  private static let roomCode = "media.room"

  private static func noRoomError(_ why: String) -> DeliveryError {
    DeliveryError(
      .transient, code: roomCode, message: "there is no room for it on this host: \(why); make room, or choose another --state")
  }
}
