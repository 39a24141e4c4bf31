import Git

extension GitError {
  /// What happened, and what to do about it.
  var sentence: String { advice.map { "\(self); \($0)" } ?? description }

  /// What a person can do about it from here; `nil` where the detail says it already.
  private var advice: String? {
    guard !detail.contains("; ") else { return nil }
    return switch reason {
    case .notFound: "name a repository and a branch that exist with --repo and --branch, or make one: git init, then posthorn init"
    case .network, .timeout: "check the address, and that this host can reach it; what is known stays scheduled meanwhile"
    case .auth: "over ssh, name a key with --git-key or start an agent; over https, give --git-credential FILE; then run: posthorn doctor"
    case .certificate: "name the authority that signed it with --ca-file FILE"
    case .hostKey: "check its fingerprint with whoever runs it, then add the key to known_hosts, or name another file with --known-hosts"
    case .locked: "another git process holds it; try again when it has ended"
    case .noSpace: "make room on the file system, then try again"
    case .corrupt, .missingObject: "run: git fsck --full in it, and bring back what is missing from another clone"
    case .rejected: "let this host push to the branch, or set record.branch in posthorn.yaml"
    case .notFastForward, .tooLarge, .unsupported, .invalid, .other: nil
    }
  }
}

/// Any error as a person should read it.
func sentence(_ error: any Error) -> String { (error as? GitError)?.sentence ?? "\(error)" }
