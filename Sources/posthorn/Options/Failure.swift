/// How the program ends.
enum ExitStatus: Int32 {
  case fine = 0
  /// Invalid posts, failed deliveries, violations of an audit, deliveries that are stuck.
  case findings = 1
  case usage = 2
  /// No repository, a lock that is held, no network.
  case couldNot = 3
}

/// Why a command stops: one sentence with what happened, where, and what to do next.
struct Failure: Error, CustomStringConvertible {
  var status: ExitStatus
  var description: String

  static func usage(_ description: String) -> Failure { Failure(status: .usage, description: description) }
  static func couldNot(_ description: String) -> Failure { Failure(status: .couldNot, description: description) }
}
