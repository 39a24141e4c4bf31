internal import Failpoints
internal import Glibc

/// Passes a failpoint, and makes the error that it was told to bring about one of ours.
func pass(_ point: Failpoint) throws(GitError) {
  do throws(InjectedFailure) { try failpoint(point) } catch {
    throw GitError(
      step: "pass failpoint \(point.rawValue)", reason: error.errno == ENOSPC ? .noSpace : .other,
      detail: String(cString: strerror(error.errno)))
  }
}
