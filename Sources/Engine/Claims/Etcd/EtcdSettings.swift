public import Etcd

/// What a daemon of a fleet is told by its host.
public struct EtcdSettings: Sendable {
  public var cluster: Cluster
  /// What everything of this repository's fleet begins with in etcd; no slash at its end.
  public var prefix: String
  /// How long a daemon may give no sign of life before others take over from it. A call that cannot be taken back may take half of it (C2).
  public var timeToLive: Duration
  /// Keeps how far the cluster has come, over restarts.
  public var remember: @Sendable (ClusterMark) throws -> Void

  public init(
    cluster: Cluster, prefix: String, timeToLive: Duration = .seconds(60), remember: @escaping @Sendable (ClusterMark) throws -> Void
  ) {
    (self.cluster, self.prefix, self.timeToLive, self.remember) = (cluster, prefix, timeToLive, remember)
  }

  /// The longest that the one call may take.
  public var longestCall: Duration { timeToLive / 2 }
  /// What clocks that count the same seconds at different speeds, and a slow thread, may cost.
  var margin: Duration { timeToLive / 12 }
  /// How often a sign of life is given.
  var beat: Duration { timeToLive / 10 }
}
