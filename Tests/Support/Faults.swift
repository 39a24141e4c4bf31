import Foundation

/// What is to go wrong in a program that a test starts: a call that changes files, of some kind, below some folders.
///
/// It is done by the library in Tests/Faults, which is compiled once a run and preloaded; its head explains the variables.
public struct Faults: Sendable {
  public enum Kind: String, Sendable {
    case eio = "EIO"
    case enospc = "ENOSPC"
    /// Half of a write is done, and says so.
    case short
    /// The call is done and answers EIO all the same.
    case late
    case kill
  }

  public enum Call: String, Sendable, CaseIterable {
    case create, write, pwrite, fsync, fdatasync, ftruncate, fallocate, rename, link, unlink, mkdir
    /// An `fsync` of a folder.
    case fsyncFolder = "fsync-folder"

    /// Those that make a file or what is in it.
    public static let filling: [Call] = [.create, .write, .pwrite, .fallocate, .rename, .link, .mkdir]
    public static let flushes: [Call] = [.fsync, .fdatasync, .fsyncFolder]
  }

  public var kind: Kind
  public var calls: [Call]
  public var folders: [String]
  public var isForever: Bool

  public init(_ kind: Kind, of calls: [Call] = Call.allCases, below folders: String..., isForever: Bool = false) {
    (self.kind, self.calls, self.folders, self.isForever) = (kind, calls, folders, isForever)
  }

  /// The variables that make the `number`th such call go wrong, and have each of them noted in `log`.
  public func environment(at number: Int, log: String) throws -> [String: String] {
    var variables = [
      "LD_PRELOAD": try Self.library(), "FAULT_UNDER": folders.joined(separator: ":"), "FAULT_LOG": log,
      "FAULT_CALLS": calls.map(\.rawValue).joined(separator: ","), "FAULT_KIND": kind.rawValue, "FAULT_AT": "\(number)",
    ]
    if isForever { variables["FAULT_FOREVER"] = "1" }
    return variables
  }

  /// The variables that have every change below `folders` written into `trace`.
  public static func tracing(_ trace: String, below folders: String...) throws -> [String: String] {
    ["LD_PRELOAD": try library(), "FAULT_UNDER": folders.joined(separator: ":"), "FAULT_TRACE": trace]
  }

  /// The variables that make every folder seem to lie on a file system of this type.
  public static func fileSystem(_ type: Int) throws -> [String: String] {
    ["LD_PRELOAD": try library(), "FAULT_UNDER": "/nowhere", "FAULT_FILE_SYSTEM": "\(type)"]
  }

  /// The variables that make the machine seem to have been suspended for as many seconds as the file says: none while there is none.
  public static func suspension(saidBy file: String) throws -> [String: String] {
    ["LD_PRELOAD": try library(), "FAULT_UNDER": "/nowhere", "FAULT_SUSPENDED": file]
  }

  /// The variables that set the wall clock ahead by so many seconds, and leave the one that counts from boot alone.
  public static func clock(ahead seconds: Int) throws -> [String: String] {
    ["LD_PRELOAD": try library(), "FAULT_UNDER": "/nowhere", "FAULT_CLOCK": "\(seconds)"]
  }

  private static func library() throws -> String { try built.get().path("faults.so") }

  private static let built = Result {
    let folder = try TemporaryFolder("faults")
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
      "Faults/faults.c")
    try run(["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", folder.path("faults.so"), source.path])
    return folder
  }
}
