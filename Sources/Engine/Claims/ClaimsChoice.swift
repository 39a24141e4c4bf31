/// Who keeps the claims: the operator's choice, never the repository's.
public enum ClaimsChoice: String, CaseIterable, Sendable {
  /// The state directory's lock: one daemon.
  case local
  /// The repository: each claim is pushed before anything goes out.
  case push
  /// An etcd that a fleet shares; see ``EtcdSettings``.
  case etcd
}
