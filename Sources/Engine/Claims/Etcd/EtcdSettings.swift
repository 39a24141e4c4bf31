public import Etcd

/// What a daemon of a fleet is told by its host.
public struct EtcdSettings: Sendable {
  public var cluster: Cluster
  /// What everything of this repository's fleet begins with in etcd; no slash at its end.
  public var prefix: String
  /// How long a daemon may give no sign of life before others take over from it. A call that cannot be taken back may take half of it (C2).
  public var timeToLive: Duration
  /// The revision that last wrote this state directory's own key, as far as is known.
  public var witness: Int64?
  /// Keeps how far the cluster has come, and the revision of the directory's own key, over restarts.
  public var remember: @Sendable (ClusterMark, _ witness: Int64?) throws -> Void

  public init(
    cluster: Cluster, prefix: String, timeToLive: Duration = .seconds(60), witness: Int64? = nil,
    remember: @escaping @Sendable (ClusterMark, _ witness: Int64?) throws -> Void
  ) {
    (self.cluster, self.prefix, self.timeToLive, self.witness, self.remember) = (cluster, prefix, timeToLive, witness, remember)
  }

  /// The longest that the one call may take.
  public var longestCall: Duration { timeToLive / 2 }
  /// What clocks that count the same seconds at different speeds, and a slow thread, may cost.
  var margin: Duration { timeToLive / 12 }
  /// How often a sign of life is given.
  var beat: Duration { timeToLive / 10 }
}
