import ArgumentParser
import Engine
import Git
import HTTP
import LFS
import Schedule
import Signatures

/// Flags of the commands that act for a repository; the host's alone, never from the repository.
struct HostFlags: ParsableArguments {
  @Flag(help: "Let requests go to private addresses, over plain http too.")
  var allowPrivateHosts = false
  @Option(
    help: ArgumentHelp(
      "Another base URL for a platform; its origin may be private. lfs=URL: where .lfsconfig may lead in a private network.",
      valueName: "platform=url"))
  var endpoint: [String] = []
  @Option(
    help: ArgumentHelp("A private key for ssh remotes, ed25519 or ecdsa. (default: the agent, then ~/.ssh/id_ed25519)", valueName: "file"))
  var gitKey: String?
  @Option(
    help: ArgumentHelp(
      "An owner-only JSON file for https remotes: {\"user\": …, \"password\": …, \"origin\": \"https://host\"}.", valueName: "file"))
  var gitCredential: String?
  @Option(help: ArgumentHelp("Known hosts of ssh remotes. (default: ~/.ssh/known_hosts and the system's)", valueName: "file"))
  var knownHosts: String?
  @Option(help: ArgumentHelp("How long one conversation with the remote may take: 30s, 5m. (default: 5m)", valueName: "duration"))
  var gitDeadline: String?
  @Option(
    help: ArgumentHelp(
      "How daemons of one repository keep apart: local, one on this state directory; push, each claim is pushed first; etcd. (default: local)",
      valueName: "kind"))
  var claims: String?
  @OptionGroup var fleet: FleetFlags
  @Option(help: ArgumentHelp("A PEM file of authorities to trust for https, besides the system's.", valueName: "file"))
  var caFile: String?
  @Option(
    help: ArgumentHelp(
      "A server that says what time it is, for a host that talks to no other one: its answers' Date field is compared with the clock.",
      valueName: "url"))
  var timeSource: String?
  @OptionGroup var signers: SignerFlags
  @OptionGroup var seal: SealFlags
  @Option(
    help: ArgumentHelp(
      "A commit that a new state directory takes for good, with all before it; the branch has to contain it.", valueName: "commit"))
  var trustFrom: String?
}

/// What this host allows and has, put together from flags, variables and the file of `--config`.
struct HostAccess {
  var policy: AddressPolicy
  /// Where platforms are instead of at their own addresses, by name.
  var endpoints: [String: Origin]
  var git: Access
  /// The git credential, for the server of Git LFS that belongs to the remote.
  var largeFiles: BasicCredential?
  var authorities: String?
  /// Whose clock is compared with this host's, besides those of the servers that it talks to anyway.
  var timeSource: Endpoint?
  /// Who may sign, where the repository asks for signatures.
  var signers: SignerFiles
  /// What seals records, where the state directory's own key does not.
  var sealKey: SigningKey?
  /// A commit that is known to be good.
  var trustedFrom: ObjectID?
  var claims: ClaimsChoice
  var fleet: FleetAccess?

  init(_ flags: HostFlags, _ host: HostOptions) throws(Failure) {
    let hostAllowsPrivate = try host.flag(.allowPrivateHosts)
    let moved = flags.endpoint.isEmpty ? host.values(.endpoint) : flags.endpoint
    let hostClaims: ClaimsChoice? = try host.choice(.claims)
    claims = if let text = flags.claims { try host.choice(text, of: "--claims") } else { hostClaims ?? .local }
    let source = flags.timeSource ?? host[.timeSource]
    if !moved.isEmpty || claims == .etcd || source != nil { try HTTP.Library.require() }  // it reads their addresses
    endpoints = try Self.endpoints(moved)
    policy = AddressPolicy(allowsPrivateHosts: flags.allowPrivateHosts || hostAllowsPrivate, origins: Set(endpoints.values))
    timeSource = try Self.timeSource(source, policy)
    fleet = try FleetAccess.of(flags.fleet, host, isChosen: claims == .etcd)
    authorities = flags.caFile ?? host[.caFile]
    signers = SignerFiles(flags.signers, host)
    sealKey = try flags.seal.key(host)
    trustedFrom = try Self.commit(flags.trustFrom ?? host[.trustFrom])
    let password = try (flags.gitCredential ?? host[.gitCredential]).map { file throws(Failure) in try GitCredentialFile.read(file) }
    largeFiles = password?.largeFiles
    git = Access(
      credentials: (password.map { [$0.git] } ?? []) + Self.keys(flags, host),
      knownHosts: Self.knownHosts(flags.knownHosts ?? host[.knownHosts]), certificateAuthorities: authorities,
      deadline: try Duration.option("--git-deadline", flags.gitDeadline ?? host[.gitDeadline]) ?? .seconds(300))
  }

  private static func commit(_ text: String?) throws(Failure) -> ObjectID? {
    guard let text else { return nil }
    guard let id = ObjectID(hex: text.lowercased()) else {
      throw .usage("--trust-from \"\(text.printable)\" is not a commit in full; get it with: git rev-parse COMMIT")
    }
    return id
  }

  private static func keys(_ flags: HostFlags, _ host: HostOptions) -> [Git.Credential] {
    var credentials: [Git.Credential] = []
    if let key = flags.gitKey ?? host[.gitKey] {
      credentials.append(.key(file: key, passphrase: nil))
    } else {
      if Environment.current["SSH_AUTH_SOCK"] != nil { credentials.append(.agent) }
      if let home = Environment.current["HOME"], FileBytes.exists("\(home)/.ssh/id_ed25519") {
        credentials.append(.key(file: "\(home)/.ssh/id_ed25519", passphrase: nil))
      }
    }
    return credentials
  }

  private static func timeSource(_ text: String?, _ policy: AddressPolicy) throws(Failure) -> Endpoint? {
    guard let text else { return nil }
    let url: Endpoint
    do { url = try Endpoint(text) } catch {
      throw .usage("the URL of --time-source \(error); name a server that says what time it is, such as https://git.example.com")
    }
    guard url.origin.scheme == .https || policy.allowsPrivate(url.origin) else {
      throw .usage(
        "--time-source \(url.origin) is plain http, so that anybody on the way could say what time it is; name an https URL, or, where the server is "
          + "in a private network, add --allow-private-hosts")
    }
    return url
  }

  private static func endpoints(_ texts: [String]) throws(Failure) -> [String: Origin] {
    var endpoints: [String: Origin] = [:]
    for text in texts {
      guard let equals = text.firstIndex(of: "="), let origin = Origin(String(text[text.index(after: equals)...])) else {
        throw .usage("--endpoint \"\(text)\" is not PLATFORM=URL, such as tiktok=http://127.0.0.1:8080")
      }
      endpoints[String(text[..<equals])] = origin
    }
    return endpoints
  }

  private static func knownHosts(_ file: String?) -> [String] {
    if let file { return [file] }
    return (Environment.current["HOME"].map { ["\($0)/.ssh/known_hosts"] } ?? []) + ["/etc/ssh/ssh_known_hosts"]
  }
}
