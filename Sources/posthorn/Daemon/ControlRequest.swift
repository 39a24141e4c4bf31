import Engine
import Schedule
import StateDirectory

/// What other commands ask of a running daemon, a line each.
enum ControlRequest {
  case reconcile
  case resumeBurst(commit: String)

  init?(_ line: String) {
    let words = line.split(separator: " ")
    switch (words.first, words.count) {
    case ("reconcile", 1): self = .reconcile
    case ("resume-burst", 2): self = .resumeBurst(commit: String(words[1]))
    default: return nil
    }
  }

  private var line: String {
    switch self {
    case .reconcile: "reconcile"
    case .resumeBurst(let commit): "resume-burst \(commit)"
    }
  }

  /// Hands the request to the daemon that has the repository, if there is one.
  ///
  /// - Returns: what it says; `nil` where no daemon listens, and the caller does the work itself.
  func handedOver(_ options: ResolvedOptions, _ location: Location) throws(Failure) -> String? {
    let path = try StateLocation.path(options.state, for: location, folder: options.folder)
    guard FileBytes.exists("\(path)/\(ControlSocket.name)") else { return nil }
    let answer: String?
    do { answer = try ControlSocket.ask(line, in: try StateLocation.open(path)) } catch { throw .couldNot("\(error)") }
    guard let text = answer?.split(separator: "\n").map(\.printable).joined(separator: "\n") else { return nil }
    guard text.hasPrefix("ok") else { throw .couldNot(text.isEmpty ? "the daemon ended without an answer" : text) }
    return text
  }
}
