/// Which cluster it is and how far it has come: what must never go backwards.
public struct ClusterMark: Equatable, Sendable, CustomStringConvertible {
  /// As etcd writes it: an unsigned number that need not fit into 63 bits.
  public let cluster: String
  public let revision: Int64

  public init(cluster: String, revision: Int64) { (self.cluster, self.revision) = (cluster, revision) }

  /// Reads what ``description`` writes.
  public init?(_ text: some StringProtocol) {
    let words = text.split(separator: "@", omittingEmptySubsequences: false)
    guard words.count == 2, !words[0].isEmpty, words[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let revision = Int64(words[1])
    else { return nil }
    self.init(cluster: String(words[0]), revision: revision)
  }

  public var description: String { "\(cluster)@\(revision)" }
}
