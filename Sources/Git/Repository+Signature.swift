internal import CGit2

/// The signature that stands in a commit, and the bytes that it was made over: the commit without it.
public struct CommitSignature: Hashable, Sendable {
  public let payload: [UInt8]
  /// As it is written, armored.
  public let signature: [UInt8]
}

extension Repository {
  /// The signature of a commit; nil if it is not signed. Whose it is, and whether it is right, is not looked at.
  /// C function: `git_commit_extract_signature`.
  ///
  /// - Throws: `.tooLarge` for a commit of more than 1 MiB.
  public func signature(of commit: ObjectID) throws(GitError) -> CommitSignature? {
    git_odb_object_free(try object(commit, kind: GIT_OBJECT_COMMIT, limit: 1 << 20))
    var (signature, payload) = (git_buf(), git_buf())
    defer {
      git_buf_dispose(&signature)
      git_buf_dispose(&payload)
    }
    var id = commit.raw
    let status = git_commit_extract_signature(&signature, &payload, raw, &id, nil)
    if status == GIT_ENOTFOUND.rawValue { return nil }
    try check("read the signature of commit \(commit)") { status }
    return CommitSignature(payload: bytes(of: payload), signature: bytes(of: signature))
  }

  private func bytes(of buffer: git_buf) -> [UInt8] { Array(UnsafeRawBufferPointer(start: buffer.ptr, count: buffer.size)) }
}
