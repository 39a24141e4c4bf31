import CLinux
import Glibc

/// A folder that holds state, held open: names inside it are resolved from its descriptor, never from the path again.
///
/// Its descriptor never changes and is closed with the last reference, so the lock, journal and checkpoint may share it from any thread.
public final class Folder: Sendable {
  /// Where it was when it was opened; for messages.
  public let path: String
  let descriptor: Int32
  let trust: Trust

  /// Whether a network file system may hold the state: its locks and flushes promise less.
  public enum NetworkFileSystems: Sendable { case refused, allowed }

  /// Opens the folder at `path`, making it and its missing parents first (owner-only, each flushed to its parent).
  ///
  /// - Throws: ``StateError/Reason/refused(_:)`` for a symbolic link, a folder of another user, one that others can write, and a network
  ///   file system unless it is allowed; ``StateError/Reason/system(_:)`` where it cannot be made or written.
  public init(at path: String, networkFileSystems: NetworkFileSystems = .refused) throws(StateError) {
    try Self.make(path)
    self.path = path
    trust = Trust()
    descriptor = try Self.open(path, in: AT_FDCWD, shown: path)
    try refuseForeign()
    try refuseReadOnly()
    if networkFileSystems == .refused { try refuseNetwork() }
  }

  /// The folder `name` inside this one, made if it is missing.
  public func folder(_ name: String) throws(StateError) -> Folder {
    let (root, shown) = (descriptor, self.path(of: name))
    if mkdirat(root, name, 0o700) == 0 { try flush() } else if errno != EEXIST { throw StateError("make", shown, .system(errno)) }
    return try Folder(path: shown, descriptor: Self.open(name, in: root, shown: shown), trust: trust)
  }

  private init(path: String, descriptor: Int32, trust: Trust) throws(StateError) {
    self.path = path
    self.descriptor = descriptor
    self.trust = trust
    try refuseForeign()
  }

  deinit { _ = close(descriptor) }

  /// The path of `name` in here; for messages.
  public func path(of name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }

  /// Makes what was done to the names in here last through a power cut.
  func flush() throws(StateError) { try trust.flush(path, step: "flush") { fsync(descriptor) } }

  /// The first flush in here or in a folder below that failed, after which nothing here is relied on: stop, and start again (F3).
  public var failedFlush: StateError? { trust.failure }
}

extension Folder {
  private static func open(_ name: String, in root: Int32, shown: String) throws(StateError) -> Int32 {
    do {
      return try check("open", shown) { openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) }
    } catch {
      guard error.errno == ELOOP || error.errno == ENOTDIR else { throw error }
      throw StateError("open", shown, .refused(try describe(name, in: root, shown: shown)))
    }
  }

  private static func describe(_ name: String, in root: Int32, shown: String) throws(StateError) -> String {
    var status = stat()
    try check("look at", shown) { fstatat(root, name, &status, AT_SYMLINK_NOFOLLOW) }
    return status.st_mode & S_IFMT == S_IFLNK
      ? "it is a symbolic link; name the folder that it points to" : "it is not a folder; choose another --state"
  }

  /// Makes the missing parts of `path` from the top down.
  private static func make(_ path: String) throws(StateError) {
    var status = stat()
    guard lstat(path, &status) != 0, errno == ENOENT else { return }
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let parent = trimmed.lastIndex(of: "/").map { $0 == trimmed.startIndex ? "/" : String(trimmed[..<$0]) } ?? "."
    if !trimmed.isEmpty, parent != trimmed { try make(parent) }
    if mkdir(trimmed, 0o700) != 0, errno != EEXIST { throw StateError("make", path, .system(errno)) }
    let above = try check("open", parent) { Glibc.open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    defer { _ = close(above) }
    try check("flush", parent) { fsync(above) }
  }

  private func refuseForeign() throws(StateError) {
    var status = stat()
    try check("look at", path) { fstat(descriptor, &status) }
    guard status.st_uid == geteuid() else {
      throw refusal("it belongs to user \(status.st_uid), not to user \(geteuid()); start as its owner, or choose another --state")
    }
    guard status.st_mode & 0o022 == 0 else {
      throw refusal("\(status.st_mode & 0o002 == 0 ? "its group" : "everyone") can write it; run: chmod go-w \(path)")
    }
  }

  /// The system's own answer, because an owner's permissions say nothing about a disk mounted read-only.
  private func refuseReadOnly() throws(StateError) {
    try check("write", path) { faccessat(descriptor, ".", W_OK | X_OK, AT_EACCESS) }
  }

  private func refuseNetwork() throws(StateError) {
    var type = 0
    try check("look at", path) { linux_file_system(descriptor, &type) }
    guard let system = NetworkFileSystem(type: type) else { return }
    throw refusal("\(system) does not keep locks and flushed data as a local disk does; choose a folder on a local disk")
  }

  private func refusal(_ why: String) -> StateError { StateError("open", path, .refused(why)) }
}

/// The file systems whose locks and flushes depend on another machine or program. Numbers from `statfs(2)`.
enum NetworkFileSystem: Int, CustomStringConvertible, CaseIterable {
  case nfs = 0x6969
  case smb = 0x517B
  case cifs = 0xFF53_4D42
  case smb2 = 0xFE53_4D42
  case fuse = 0x6573_5546

  /// nil for one that is local. Some systems hand the number out with its sign extended.
  init?(type: Int) { self.init(rawValue: type & 0xFFFF_FFFF) }

  var description: String {
    switch self {
    case .nfs: "NFS"
    case .smb, .cifs, .smb2: "CIFS"
    case .fuse: "FUSE"
    }
  }
}
