import Schedule

extension Cluster {
  /// Asks for a lease under a name of our own: asking twice for the same is no second one.
  ///
  /// - Returns: how long it lives without a sign of life; etcd may give more than was asked for.
  public func grant(_ lease: LeaseID, seconds: Int64) async throws(ClusterError) -> Duration {
    let (answer, origin) = try await call(
      "v3/lease/grant", ["ID": .string("\(lease.number)"), "TTL": .string("\(seconds)")], .changing)
    guard answer["ID"]?.number == lease.number, let given = answer["TTL"]?.number, given > 0 else {
      throw ClusterError(.unknown, at: origin, "a lease without a time to live")
    }
    return .seconds(given)
  }

  /// A sign of life.
  ///
  /// - Returns: how long it lives from now; `nil` where there is no such lease any more: the gateway answers 200 without a `TTL` then.
  public func keepAlive(_ lease: LeaseID) async throws(ClusterError) -> Duration? {
    let (answer, origin) = try await call("v3/lease/keepalive", ["ID": .string("\(lease.number)")], .asking)
    guard answer["ID"]?.number == lease.number else { throw ClusterError(.unreadable, at: origin, "a sign of life for another lease") }
    guard let left = answer["TTL"]?.number, left > 0 else { return nil }
    return .seconds(left)
  }

  /// Ends a lease, and with it the keys that hang on it. One that is gone already is no error.
  public func revoke(_ lease: LeaseID) async throws(ClusterError) {
    do throws(ClusterError) {
      _ = try await call("v3/lease/revoke", ["ID": .string("\(lease.number)")], .changing)
    } catch {
      guard error.reason == .refused(code: 5) else { throw error }  // gRPC's "not found"
    }
  }
}
