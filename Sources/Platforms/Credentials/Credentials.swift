import Glibc
public import HTTP
public import Schedule
import Synchronization

/// The credentials of this host: one owner-only file an account, each bound to the origin that it may be sent to.
///
/// Files are looked at, and read where they have changed, at every use, so a login beside a running daemon is noticed at once. The
/// repository chooses neither file nor origin.
public struct Credentials: Sendable {
  private let folder: String
  private let replace: @Sendable (_ name: String, _ bytes: [UInt8]) throws -> Void
  private let memory = CredentialMemory()

  /// - Parameters:
  ///   - folder: an absolute path.
  ///   - replace: puts a file into `folder` durably, all of it or none (F1), with mode 0600.
  public init(folder: String, replace: @escaping @Sendable (_ name: String, _ bytes: [UInt8]) throws -> Void) {
    self.folder = folder
    self.replace = replace
  }

  /// The credential of `account`, for a call to `origin`.
  ///
  /// - Throws: an error of class auth where there is none, where it belongs to another origin, or where others can read its file.
  public func credential(of account: AccountName, for origin: Origin) throws(DeliveryError) -> Credential {
    guard let credential = try kept(of: account) else {
      throw refusal("missing", "account \(account) has no credential on this host; \(login(account))")
    }
    guard credential.origin == origin else {
      throw refusal(
        "origin",
        "account \(account) points to \(origin), but its credential may only be sent to \(credential.origin); "
          + "mend the account's url, or bind a credential to the new origin: posthorn account login \(account)")
    }
    return credential
  }

  /// The credential of `account`, wherever it may be sent, for what is known of it without sending it; `nil` where there is none.
  ///
  /// - Throws: an error of class auth where it is damaged, or others can read its file.
  public func kept(of account: AccountName) throws(DeliveryError) -> Credential? {
    let stamp = fileStamp(of: account)
    if let stamp, let known = memory.credential(of: account, at: stamp) { return known }
    guard let bytes = try read(account) else { return nil }
    guard let credential = Credential(file: bytes) else {
      throw refusal("damaged", "the credential in \(path(account)) cannot be read; \(login(account))")
    }
    if let stamp { memory.remember(credential, of: account, at: stamp) }
    return credential
  }

  /// Keeps `json`, an object as the platform's documentation shows it, as the credential of `account`, bound to `origin`.
  ///
  /// - Throws: where it is not an object of JSON, or what `replace` throws. Nothing of `json` is in the error.
  public func write(_ json: [UInt8], for account: AccountName, to origin: Origin) throws {
    guard var object = (try? JSON.parse(json, limits: .init(size: 65_536, depth: 8)))?.object, !object.isEmpty else {
      throw refusal("unreadable", "the credential of account \(account) must be one JSON object, such as {\"secret\": \"whsec_…\"}")
    }
    object["origin"] = .string(origin.description)
    try replace(name(account), JSON.object(object).bytes())
  }

  /// Changes whenever the credential of `account` may have changed, its file's permissions included; `nil` where there is none.
  public func stamp(of account: AccountName) -> String? {
    fileStamp(of: account).map { "\($0.file).\($0.size).\($0.seconds).\($0.nanoseconds)" }
  }

  private func fileStamp(of account: AccountName) -> FileStamp? {
    var status = stat()
    guard lstat(path(account), &status) == 0 else { return nil }
    return FileStamp(
      file: status.st_ino, size: status.st_size, seconds: status.st_ctim.tv_sec, nanoseconds: status.st_ctim.tv_nsec)
  }

  private func read(_ account: AccountName) throws(DeliveryError) -> [UInt8]? {
    let path = path(account)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw refusal("unreadable", "the credential \(path) cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, (0...65_536).contains(status.st_size) else {
      throw refusal("unreadable", "the credential \(path) is not a file of at most 64 KiB; \(login(account))")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw refusal("open", "others can read the credential \(path); run: chmod 600 \(path)")
    }
    guard status.st_uid == geteuid() else {
      throw refusal("owner", "the credential \(path) belongs to another user (uid \(status.st_uid)); \(login(account))")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
    return Array(bytes.prefix(max(0, count)))
  }

  private func name(_ account: AccountName) -> String { "\(account).json" }
  private func path(_ account: AccountName) -> String { "\(folder)/\(name(account))" }
  private func login(_ account: AccountName) -> String { "run: posthorn account login \(account)" }

  private func refusal(_ code: String, _ message: String) -> DeliveryError {
    DeliveryError(.auth, code: "credential.\(code)", message: message)
  }
}

/// What changes whenever a file does, its permissions included.
private struct FileStamp: Equatable {
  var file: UInt
  var size: Int
  var seconds: Int
  var nanoseconds: Int
}

/// What was read of credentials' files, for as long as those are what they were.
private final class CredentialMemory: Sendable {
  private let known = Mutex<[AccountName: (stamp: FileStamp, credential: Credential)]>([:])

  func credential(of account: AccountName, at stamp: FileStamp) -> Credential? {
    known.withLock { $0[account].flatMap { $0.stamp == stamp ? $0.credential : nil } }
  }

  func remember(_ credential: Credential, of account: AccountName, at stamp: FileStamp) {
    known.withLock { $0[account] = (stamp, credential) }
  }
}
