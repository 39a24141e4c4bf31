/// The error that a failpoint was told to bring about. Each layer makes it one of its own, as it does with the system's.
public struct InjectedFailure: Error, Equatable, Sendable {
  public let point: Failpoint
  /// `EIO` or `ENOSPC`.
  public let errno: Int32
}
