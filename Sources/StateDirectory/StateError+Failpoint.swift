public import Failpoints

/// Passes a failpoint, and makes the error that it was told to bring about one of ours: as if the disk had failed there.
@inlinable
public func pass(_ point: Failpoint) throws(StateError) {
  do throws(InjectedFailure) { try failpoint(point) } catch { throw StateError("pass failpoint", point.rawValue, .system(error.errno)) }
}
