import Foundation
import Git
import Support
import Testing

@Suite("Over ssh, with a real sshd")
struct SSHTests {
  let server: SSHServer
  let upstream: Upstream
  let reference = "refs/remotes/upstream/main"

  init() throws {
    server = try SSHServer()
    upstream = try Upstream()
  }

  func access(_ key: String? = nil, knownHosts: [String]? = nil) throws -> Access {
    try Access(
      credentials: [.key(file: key ?? server.key, passphrase: nil)], knownHosts: knownHosts ?? [server.knownHosts()], deadline: .seconds(20)
    )
  }
  var url: String { server.url(upstream.bare.path) }

  @Test("A branch is fetched, and a commit on top of it is pushed")
  func roundTrip() throws {
    let mirror = try upstream.mirror()
    let branches = try RemoteBranches(of: url, access: access())
    #expect(branches.head == "main" && branches.commits == ["main": upstream.tip])
    let fetched = try mirror.fetch(url, branch: "main", into: reference, access: access())
    #expect(fetched.old == nil && fetched.new == upstream.tip)
    #expect(try mirror.reference(reference) == upstream.tip)
    let ours = try mirror.commit("ours", onto: fetched.new)
    #expect(try mirror.push(ours, to: "main", of: url, expecting: fetched.new, access: access()) == .accepted)
    #expect(try upstream.head() == ours.hex)
    #expect(try upstream.bare.fsck() == "")
    let again = try mirror.fetch(url, branch: "main", into: reference, access: access())
    #expect(again.old == upstream.tip && again.new == ours)
    #expect(try mirror.push(ours, to: "new", of: url, expecting: nil, access: access()) == .accepted)
    let loose = mirror.hasLooseObjects
    #expect(!loose)
  }

  @Test("A branch that is not there is named, with those that are")
  func absent() throws {
    do {
      _ = try upstream.mirror().fetch(url, branch: "nope", into: reference, access: access())
      Issue.record("it was fetched")
    } catch let error as GitError {
      #expect(error.reason == .notFound && error.detail.contains("main"))
    }
  }

  @Test("Row 50: a key that is not let in is tried once and then named")
  func stranger() throws {
    #expect(GitError.Reason.of { _ = try RemoteBranches(of: url, access: access(server.strangerKey)) } == .auth)
    let none = Access(knownHosts: [try server.knownHosts()], deadline: .seconds(20))
    #expect(GitError.Reason.of { _ = try RemoteBranches(of: url, access: none) } == .auth)
  }

  @Test("The second credential is tried when the first is refused")
  func several() throws {
    let both: [Credential] = [.key(file: server.strangerKey, passphrase: nil), .key(file: server.key, passphrase: nil)]
    let access = Access(credentials: both, knownHosts: [try server.knownHosts()], deadline: .seconds(20))
    #expect(try RemoteBranches(of: url, access: access).head == "main")
  }

  @Test("A key with a passphrase is opened with it, and a wrong one is a refusal", arguments: [("right", true), ("wrong", false)])
  func passphrase(given: String, isLetIn: Bool) throws {
    let key = server.folder.path("locked")
    try FileManager.default.copyItem(atPath: server.key, toPath: key)
    try FileManager.default.copyItem(atPath: server.key + ".pub", toPath: key + ".pub")
    try run(["ssh-keygen", "-q", "-p", "-P", "", "-N", "right", "-f", key])
    let access = Access(
      credentials: [.key(file: key, passphrase: Secret(given))], knownHosts: [try server.knownHosts()], deadline: .seconds(20))
    let reason = GitError.Reason.of { _ = try RemoteBranches(of: url, access: access) }
    #expect(reason == (isLetIn ? nil : .auth))
  }

  @Test("A host that no file knows is refused, and told by its fingerprint")
  func unknownHost() throws {
    do {
      _ = try RemoteBranches(of: url, access: access(knownHosts: []))
      Issue.record("it was trusted")
    } catch let error as GitError {
      #expect(error.reason == .hostKey)
      let print = try run(["ssh-keygen", "-l", "-f", server.folder.path("host_ed25519.pub")]).split(separator: " ")[1]
      #expect(error.detail.contains(print))
      let pinned = Access(
        credentials: [.key(file: server.key, passphrase: nil)], hostKeyFingerprints: [String(print)], deadline: .seconds(20))
      #expect(try RemoteBranches(of: url, access: pinned).head == "main")
    }
  }

  @Test("Row 50: a host whose key changed is refused, and the line that says otherwise is named")
  func changedHost() throws {
    try server.folder.write("# a comment\n" + server.knownHostsLine("stranger.pub"), to: "changed")
    do {
      _ = try RemoteBranches(of: url, access: access(knownHosts: [server.folder.path("changed")]))
      Issue.record("it was trusted")
    } catch let error as GitError {
      #expect(error.reason == .hostKey && error.detail.contains(server.folder.path("changed:2")))
    }
  }

  @Test("Hashed host names, as OpenSSH writes them, are understood")
  func hashed() throws {
    try server.folder.write(server.knownHostsLine(), to: "hashed")
    try run(["ssh-keygen", "-q", "-H", "-f", server.folder.path("hashed")])
    #expect(try String(contentsOfFile: server.folder.path("hashed"), encoding: .utf8).hasPrefix("|1|"))
    #expect(try RemoteBranches(of: url, access: access(knownHosts: [server.folder.path("hashed")])).head == "main")
    try server.folder.write("@revoked " + server.knownHostsLine() + server.knownHostsLine(), to: "revoked")
    #expect(GitError.Reason.of { _ = try RemoteBranches(of: url, access: access(knownHosts: [server.folder.path("revoked")])) } == .hostKey)
  }

  @Test(
    "Of several host keys the one is asked for that the file has, as OpenSSH does, whatever the server would show first",
    arguments: ["ecdsa", "ed25519"], ["plain", "hashed", "pattern"])
  func preferred(kind: String, form: String) throws {
    let server = try SSHServer(hostKeys: ["ed25519", "ecdsa", "rsa"])
    let line = try server.knownHostsLine("host_\(kind).pub")
    try server.folder.write(form == "pattern" ? line.replacing("[127.0.0.1]", with: "[127.0.0.?]") : line, to: "known")
    if form == "hashed" { try run(["ssh-keygen", "-q", "-H", "-f", server.folder.path("known")]) }
    let access = Access(
      credentials: [.key(file: server.key, passphrase: nil)], knownHosts: [server.folder.path("none"), server.folder.path("known")],
      deadline: .seconds(20))
    #expect(try RemoteBranches(of: server.url(upstream.bare.path), access: access).head == "main")
    try run(
      ["git", "ls-remote", server.url(upstream.bare.path)],
      environment: [
        "GIT_SSH_COMMAND": "ssh -i \(server.key) -o IdentitiesOnly=yes -o UserKnownHostsFile=\(server.folder.path("known")) -F none"
      ])
  }

  /// Files that say of a server with three kinds of keys what OpenSSH takes in its own way: `KIND` stands for the line of one, `PLAIN` for the
  @Test(
    "What stands beside a host's key leaves it what it is: certificates' authorities and revoked keys of other kinds, rsa keys, other ports",
    arguments: [
      "@cert-authority ed25519\necdsa", "@cert-authority ecdsa\ned25519", "@revoked ed25519\necdsa", "@revoked ecdsa\ned25519",
      "rsa\necdsa", "rsa\ned25519", "ed25519\nrsa", "plain ed25519", "plain rsa\necdsa",
      "rsa\necdsa\ned25519",
    ])
  func beside(lines: String) throws {
    let server = try SSHServer(hostKeys: ["ed25519", "ecdsa", "rsa"])
    let access = try access(to: server, knowing: lines)
    #expect(try RemoteBranches(of: server.url(upstream.bare.path), access: access).head == "main")
    try run(
      ["git", "ls-remote", server.url(upstream.bare.path)],
      environment: [
        "GIT_SSH_COMMAND": "ssh -i \(server.key) -o IdentitiesOnly=yes -o UserKnownHostsFile=\(server.folder.path("known")) -F none"
      ])
  }

  @Test(
    "Of a host at another port the key is asked for that the file has of the host alone",
    arguments: ["plain ecdsa", "plain rsa\nplain ecdsa"])
  func anotherPort(lines: String) throws {
    let server = try SSHServer(hostKeys: ["ed25519", "ecdsa", "rsa"])
    #expect(try RemoteBranches(of: server.url(upstream.bare.path), access: access(to: server, knowing: lines)).head == "main")
  }

  @Test(
    "A host of which no key is known that can be asked for is refused, with the reason",
    arguments: [
      ("rsa", "(ssh-rsa), and rsa keys are not asked for here; ask its operator, then add it for [127.0.0.1]:"),
      ("plain rsa", "is unknown: "), ("@cert-authority ed25519", "is unknown: "), ("@revoked ed25519", "is revoked at "),
      ("ed25519\n@revoked ed25519", "is revoked at "), ("plain ed25519\n@revoked plain ed25519", "is revoked at "),
    ])
  func beyond(lines: String, words: String) throws {
    let server = try SSHServer(hostKeys: lines.contains("rsa") ? ["ed25519", "rsa"] : ["ed25519"])
    do {
      _ = try RemoteBranches(of: server.url(upstream.bare.path), access: access(to: server, knowing: lines))
      Issue.record("it was trusted")
    } catch let error as GitError {
      #expect(error.reason == .hostKey && error.detail.contains(words), "\(error)")
    }
  }

  private func access(to server: SSHServer, knowing lines: String) throws -> Access {
    let text = try lines.split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      let known = try server.knownHostsLine("host_\(words[words.count - 1]).pub")
      let own = words.contains("plain") ? known.replacing("[127.0.0.1]:\(server.port)", with: "127.0.0.1") : known
      return (words[0].hasPrefix("@") ? "\(words[0]) " : "") + own
    }
    try server.folder.write(text.joined(), to: "known")
    return Access(credentials: [.key(file: server.key, passphrase: nil)], knownHosts: [server.folder.path("known")], deadline: .seconds(20))
  }

  @Test("Row 46: a hook's refusal is reported with its words")
  func refused() throws {
    try upstream.hook("pre-receive", "echo 'main is protected'; exit 1")
    let mirror = try upstream.mirror()
    let ours = try mirror.commit("ours", onto: mirror.fetch(url, branch: "main", into: reference, access: access()).new)
    let outcome = try mirror.push(ours, to: "main", of: url, expecting: upstream.tip, access: access())
    guard case .rejected(let words) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(words.contains("pre-receive hook declined") && words.contains("main is protected"))
    #expect(try upstream.head() == upstream.tip.hex)
  }

  @Test("Row 45: a push onto a branch that moved is lost, before it is sent and while it is")
  func races() throws {
    let mirror = try upstream.mirror()
    let ours = try mirror.commit("ours", onto: mirror.fetch(url, branch: "main", into: reference, access: access()).new)
    let other = try upstream.bare.git("commit-tree", "main^{tree}", "-p", "main", "-m", "theirs")
    try upstream.hook("pre-receive", "env -u GIT_QUARANTINE_PATH git update-ref refs/heads/main \(other)")
    #expect(try mirror.push(ours, to: "main", of: url, expecting: upstream.tip, access: access()) == .lost)
    #expect(try upstream.head() == other)
    #expect(try mirror.push(ours, to: "main", of: url, expecting: upstream.tip, access: access()) == .lost)
    #expect(try upstream.head() == other)
  }

  @Test("Row 47: a push whose answer is lost is unknown, and a fetch tells that it arrived")
  func answerLost() throws {
    let mirror = try upstream.mirror()
    let ours = try mirror.commit("ours", onto: mirror.fetch(url, branch: "main", into: reference, access: access()).new)
    try upstream.hook("reference-transaction", "test \"$1\" = committed && kill -9 $PPID; exit 0")
    let outcome = try mirror.push(ours, to: "main", of: url, expecting: upstream.tip, access: access())
    guard case .unknown = outcome else {
      Issue.record("\(outcome)")
      return
    }
    let fetched = try mirror.fetch(url, branch: "main", into: reference, access: access())
    #expect(try mirror.isAncestor(ours, of: fetched.new))
  }
}
