internal import CGit2

/// What a git operation could not do: facts only; the sentence is made where it is printed.
public struct GitError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    case notFound, network, auth, certificate, hostKey, timeout, locked, noSpace, corrupt, notFastForward, rejected
    /// An object that the repository should hold is not there.
    case missingObject
    /// More bytes, objects or entries than the caller's bound.
    case tooLarge
    /// A kind of repository or a transport that this library cannot serve.
    case unsupported
    case invalid, other
  }

  /// What was being done, such as `fetch https://host/x.git`; no credential, no control character, at most 1 KiB.
  public let step: String
  public let reason: Reason
  /// What went wrong, in libgit2's words or ours; no credential, no control character, at most 1 KiB.
  public let detail: String

  public init(step: String, reason: Reason, detail: String) {
    self.step = printable(step)
    self.reason = reason
    self.detail = printable(detail)
  }

  public var description: String { "\(step): \(detail)" }
}

extension GitError {
  /// The error of a libgit2 call that has just returned `status` on this thread.
  init(step: String, status: Int32) {
    let last = git_error_last()
    let text = last.flatMap { $0.pointee.message.map { String(cString: $0) } } ?? "status \(status)"
    self.init(step: step, reason: Reason(status: status, area: last?.pointee.klass ?? 0, text: text), detail: text)
  }
}

extension GitError {
  /// Whether what somebody committed is refused, of which every copy says the same: no disk or network has spoiled it.
  public var isOfContent: Bool { reason == .invalid || reason == .tooLarge }

  /// The error with the address as it may be shown: libgit2 quotes it whole.
  func without(_ url: RemoteURL) -> GitError {
    GitError(step: step, reason: reason, detail: detail.replacing(url.text, with: url.shown))
  }
}

extension GitError.Reason {
  /// libgit2 says little in its status, so its error class and, for the operating system's and http's words, its text decide.
  init(status: Int32, area: Int32, text: String) {
    func isIn(_ family: git_error_t) -> Bool { area == Int32(family.rawValue) }
    self =
      switch git_error_code(rawValue: status) {
      case _ where text.contains("No space left on device") || text.contains("Disk quota exceeded"): .noSpace
      case _ where text.contains("unsupported extension") || text.contains("unsupported repository version"): .unsupported
      case GIT_EAUTH: .auth
      case GIT_ECERTIFICATE: isIn(GIT_ERROR_SSH) ? .hostKey : .certificate
      case GIT_ELOCKED: .locked
      case GIT_EMISMATCH: .corrupt
      case GIT_ENONFASTFORWARD, GIT_EMODIFIED: .notFastForward
      case GIT_EINVALIDSPEC, GIT_EINVALID, GIT_EOWNER, GIT_EAMBIGUOUS, GIT_EPEEL: .invalid
      // A key that cannot be opened, with a wrong passphrase or none, has no code of its own.
      case _ where isIn(GIT_ERROR_SSH) && text.contains("Failed to authenticate"): .auth
      case _ where isIn(GIT_ERROR_HTTP) && (text.contains(" 401") || text.contains(" 403")): .auth
      case _ where isIn(GIT_ERROR_HTTP) && (text.contains(" 404") || text.contains(" 410")): .notFound
      case _ where text.contains("failed to connect to"): .network
      case _ where isIn(GIT_ERROR_NET) || isIn(GIT_ERROR_SSL) || isIn(GIT_ERROR_SSH) || isIn(GIT_ERROR_HTTP): .network
      case GIT_ENOTFOUND where isIn(GIT_ERROR_ODB) || text.contains("Cannot retrieve reference target"): .missingObject
      case GIT_ENOTFOUND: .notFound
      case _ where isIn(GIT_ERROR_REFERENCE) && text.contains("doesn't exist"): .missingObject
      case GIT_EEOF: .network
      case _ where isIn(GIT_ERROR_ZLIB) || isIn(GIT_ERROR_INDEXER): .corrupt
      case _ where isIn(GIT_ERROR_ODB) || isIn(GIT_ERROR_OBJECT): .corrupt
      default: .other
      }
  }
}

/// `text` as it may be shown: credentials of URLs removed, control and direction characters escaped, at most 1 KiB.
func printable(_ text: String) -> String {
  var shown = ""
  for scalar in withoutCredentials(text).unicodeScalars {
    let piece: String
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: piece = scalar.escaped(asASCII: true)
    default: piece = String(scalar)
    }
    if shown.utf8.count + piece.utf8.count > 1021 { return shown + "…" }
    shown += piece
  }
  return shown
}

/// `text` with the `user:password@` of every URL in it removed. In bytes: to Swift a slash with a combining mark behind it is one character and
/// no slash.
private func withoutCredentials(_ text: String) -> String {
  var result: [UInt8] = []
  var rest = Array(text.utf8)[...]
  while let separator = rest.firstRange(of: Array("://".utf8)) {
    result += rest[..<separator.upperBound]
    rest = rest[separator.upperBound...]
    let authority = rest.prefix { $0 > 0x20 && !"/'\"".utf8.contains($0) }
    if let at = authority.lastIndex(of: UInt8(ascii: "@")) { rest = rest[(at + 1)...] }
  }
  return String(decoding: result + rest, as: UTF8.self)
}
