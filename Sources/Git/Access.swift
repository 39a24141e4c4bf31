/// How a remote repository is reached: who we are there, how we know that it is the right one, and how long it may take.
public struct Access: Sendable {
  /// Tried in this order, each once.
  public var credentials: [Credential]
  /// Files in OpenSSH's known_hosts format. ssh hosts in none of them are refused.
  public var knownHosts: [String]
  /// Host keys that are trusted besides, as OpenSSH prints them: `SHA256:` and 43 characters.
  public var hostKeyFingerprints: [String]
  /// A PEM file of authorities that are trusted besides the system's, for https.
  public var certificateAuthorities: String?
  /// How long the whole call may take; at its end, what it opened is shut down.
  public var deadline: Duration
  /// Whether a socket of this process that was opened meanwhile belongs to someone else, and must not be shut down at the deadline.
  public var isExempt: @Sendable (Int32) -> Bool
  /// How long after the deadline a call may take to notice that its sockets are gone.
  public var patience: Duration
  /// Called where a call ignored its deadline for so long. It cannot be cancelled: whoever waits for it waits for ever.
  public var onOverrun: @Sendable (GitError) -> Void
  /// More bytes than this in one answer are refused.
  public var largestPack: Int
  /// More bytes than this before a pack begins are refused: libgit2 keeps the list of references in memory, however long it is.
  public var largestPreface: Int

  public init(
    credentials: [Credential] = [], knownHosts: [String] = [], hostKeyFingerprints: [String] = [], certificateAuthorities: String? = nil,
    deadline: Duration = .seconds(300), patience: Duration = .seconds(30), onOverrun: @escaping @Sendable (GitError) -> Void = { _ in },
    largestPack: Int = 8 << 30, largestPreface: Int = 64 << 20, isExempt: @escaping @Sendable (Int32) -> Bool = { _ in false }
  ) {
    self.credentials = credentials
    self.knownHosts = knownHosts
    self.hostKeyFingerprints = hostKeyFingerprints
    self.certificateAuthorities = certificateAuthorities
    self.deadline = deadline
    self.patience = patience
    self.onOverrun = onOverrun
    self.largestPack = largestPack
    self.largestPreface = largestPreface
    self.isExempt = isExempt
  }
}

/// One way to prove who we are.
public enum Credential: Sendable {
  /// The keys of the ssh agent at SSH_AUTH_SOCK.
  case agent
  /// A private key of ssh in a file: ed25519 or ecdsa, since the system's libssh2 offers rsa keys only with SHA-1.
  case key(file: String, passphrase: Secret?)
  /// A name and a password or token, sent to `origin` alone (`https://host`, with a port if it is another one than usual).
  case password(user: String, password: Secret, origin: String)
}
