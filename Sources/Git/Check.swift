internal import CGit2

/// Runs one libgit2 call and turns a negative status into a ``GitError``.
///
/// libgit2 keeps its message per thread, so it is read here, at once, before any `await`.
func check(_ step: @autoclosure () -> String, _ call: () -> Int32) throws(GitError) {
  let status = call()
  if status < 0 { throw GitError(step: step(), status: status) }
}

/// Runs a libgit2 call that makes an object, and returns the object, never null. The caller frees it.
func make<Pointer>(_ step: @autoclosure () -> String, _ call: (inout Pointer?) -> Int32) throws(GitError) -> Pointer {
  var made: Pointer?
  let status = call(&made)
  guard status >= 0, let made else { throw GitError(step: step(), status: status) }
  return made
}

/// Like ``make(_:_:)``; nil where libgit2 says that there is no such thing.
func makeIfPresent<Pointer>(_ step: @autoclosure () -> String, _ call: (inout Pointer?) -> Int32) throws(GitError) -> Pointer? {
  var made: Pointer?
  let status = call(&made)
  if status == GIT_ENOTFOUND.rawValue { return nil }
  guard status >= 0, let made else { throw GitError(step: step(), status: status) }
  return made
}
