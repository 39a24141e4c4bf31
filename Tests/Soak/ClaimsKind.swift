import ArgumentParser

/// Who may publish: the product's `--claims`.
enum ClaimsKind: String, CaseIterable, ExpressibleByArgument, Sendable {
  case local, push, etcd

  /// How many daemons share the work of a repository.
  var size: Int { self == .local ? 1 : 3 }
}
