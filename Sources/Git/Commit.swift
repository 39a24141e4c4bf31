internal import CGit2

/// A commit, read. Texts that are no UTF-8 are repaired with U+FFFD.
public struct Commit: Hashable, Sendable {
  public let id: ObjectID
  public let tree: ObjectID
  public let parents: [ObjectID]
  public let author: Signature
  public let committer: Signature
  public let message: String
}

/// Who did something and when, as git writes it.
public struct Signature: Hashable, Sendable {
  public let name: String
  public let email: String
  /// Seconds since 1970 in UTC.
  public let time: Int64
  /// Minutes east of UTC.
  public let offset: Int32

  public init(name: String, email: String, time: Int64, offset: Int32 = 0) {
    self.name = name
    self.email = email
    self.time = time
    self.offset = offset
  }
}

extension Signature {
  init(_ raw: UnsafePointer<git_signature>?) {
    guard let raw else { preconditionFailure("libgit2 gives every commit both signatures") }
    name = raw.pointee.name.map { String(cString: $0) } ?? ""
    email = raw.pointee.email.map { String(cString: $0) } ?? ""
    time = raw.pointee.when.time
    offset = raw.pointee.when.offset
  }

  /// libgit2's copy of the signature; the caller frees it with `git_signature_free`.
  func copied() throws(GitError) -> UnsafeMutablePointer<git_signature> {
    try make("write the signature of \(name)") { git_signature_new(&$0, name, email, time, offset) }
  }
}
