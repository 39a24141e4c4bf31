import Glibc
public import Schedule

/// The right to use a state directory: held by one process at a time, given back when it is dropped or the process ends (F8).
///
/// It is a `flock` on a file that is never unlinked; whoever unlinks it all the same is noticed by ``isStillHeld()``.
public struct Lock: ~Copyable, Sendable {
  /// Who holds a lock, as the holder wrote it into the file.
  public struct Holder: Equatable, Sendable {
    public let pid: Int32
    public let host: String
    /// Like `2026-11-27T09:12:00Z`.
    public let since: String
  }

  private let folder: Folder
  private let name: String
  private let file: File
  /// Of the open file, for as long as it is open.
  private let identity: FileIdentity

  /// Takes the lock at once or not at all.
  ///
  /// - Throws: ``StateError/Reason/held(by:)`` if another process, stopped ones included, has it.
  public init(_ name: String = "lock", in folder: Folder, now: Instant) throws(StateError) {
    let file = try Self.take(name, in: folder)
    try check("write", file.path) { ftruncate(file.descriptor, 0) }
    try file.write(Array(Holder.this(now: now).text.utf8))
    identity = try file.identity
    self.folder = folder
    self.name = name
    self.file = file
  }

  // Said, not left to closing: between the fork and exec of some other thread a child has a copy of the descriptor.
  deinit { _ = flock(file.descriptor, LOCK_UN) }

  /// Whether the name still stands for the file that is locked, in the folder that its path leads to: whoever comes finds this lock and no
  /// other one. To be asked each pass: after a "no" nothing may be claimed any more.
  public func isStillHeld() throws(StateError) -> Bool {
    guard try folder.identity(of: name) == identity else { return false }
    return try folder.isWhereItWas
  }

  private static func take(_ name: String, in folder: Folder) throws(StateError) -> File {
    while true {
      let file = try File(name, in: folder, O_RDWR | O_CREAT, step: "lock")
      do throws(StateError) {
        try check("lock", file.path) { flock(file.descriptor, LOCK_EX | LOCK_NB) }
      } catch {
        guard error.errno == EWOULDBLOCK else { throw error }
        throw StateError("lock", file.path, .held(by: Holder(text: try file.readAll(limit: 4096))))
      }
      // Between open and lock the file may have been unlinked; then the lock is on a file that nobody else will find.
      if try folder.identity(of: name) == file.identity { return file }
    }
  }
}

extension Lock.Holder {
  static func this(now: Instant) -> Lock.Holder { Lock.Holder(pid: getpid(), host: hostName(), since: stamp(now)) }

  var text: String { "pid \(pid)\nhost \(host)\nsince \(since)\n" }

  /// Reads what a holder wrote; nil for anything else. What it returns may be printed: it holds printable ASCII only.
  init?(text bytes: [UInt8]) {
    var facts: [Substring: Substring] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      guard let space = line.firstIndex(of: " ") else { return nil }
      facts[line[..<space]] = line[line.index(after: space)...]
    }
    guard let pid = facts["pid"].flatMap({ Int32($0) }), let host = facts["host"], let since = facts["since"] else { return nil }
    let isPrintable = (host.utf8 + Array(since.utf8)).allSatisfy { (0x21...0x7E).contains($0) }
    guard isPrintable, host.utf8.count <= 255, since.utf8.count <= 40 else { return nil }
    self.init(pid: pid, host: String(host), since: String(since))
  }

  private static func hostName() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let base = buffer.baseAddress, gethostname(base, buffer.count - 1) == 0 else { return "unknown-host" }
      buffer[buffer.count - 1] = 0
      return String(cString: base)
    }
  }

  private static func stamp(_ instant: Instant) -> String {
    var (seconds, parts) = (time_t(instant.milliseconds / 1000), tm())
    gmtime_r(&seconds, &parts)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
      guard let base = buffer.baseAddress, strftime(base, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0 else { return "unknown" }
      return String(cString: base)
    }
  }
}
