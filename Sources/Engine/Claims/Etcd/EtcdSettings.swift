public import Etcd

/// What a daemon of a fleet is told by its host.
public struct EtcdSettings: Sendable {
  public var cluster: Cluster
  /// What everything of this repository's fleet begins with in etcd; no slash at its end.
  public var prefix: String
  /// How long a daemon may give no sign of life before others take over from it. A call that cannot be taken back may take half of it (C2).
  public var timeToLive: Duration
  /// What last wrote this state directory's own key, as far as is known.
  public var witness: EtcdWitness?
  /// Keeps how far the cluster has come, and what last wrote the directory's own key, over restarts.
  public var remember: @Sendable (ClusterMark, EtcdWitness?) throws -> Void

  public init(
    cluster: Cluster, prefix: String, timeToLive: Duration = .seconds(60), witness: EtcdWitness? = nil,
    remember: @escaping @Sendable (ClusterMark, EtcdWitness?) throws -> Void
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

/// The last write to a key that one incarnation of a state directory alone writes.
public struct EtcdWitness: Equatable, Sendable {
  /// Whose key it is: a directory that was put back from a copy gets another incarnation, which has written nothing yet. `nil` in what older
  /// versions kept.
  public var incarnation: String?
  public var revision: Int64

  public init(incarnation: String?, revision: Int64) { (self.incarnation, self.revision) = (incarnation, revision) }
}
