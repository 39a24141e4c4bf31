import Git
import Testing

@Suite("Secrets of git")
struct GitSecretTests {
  static let canary = "correct-horse"
  static let holders: [any Sendable] = [
    Secret(canary), Credential.key(file: "/home/ann/.ssh/id_ed25519", passphrase: Secret(canary)),
    Credential.password(user: "ann", password: Secret(canary), origin: "https://git.example.com"),
    Access(credentials: [.password(user: "ann", password: Secret(canary), origin: "https://git.example.com")]),
    RemoteURL("https://ann:\(canary)@git.example.com/x.git"), RemoteURL("https://ann:a '\(canary)@git.example.com/x.git"),
    RemoteURL("https://ann:a#\(canary)@git.example.com/x.git"), RemoteURL("https://ann:a?\u{1B}\(canary)@git.example.com/x.git"),
    RemoteURL("https://ann:a/\(canary)@git.example.com/x.git"), RemoteURL("https://ann:#a/\n\(canary)@git.example.com/x.git"),
    GitError(step: "fetch https://ann:\(canary)@git.example.com/x", reason: .auth, detail: "'https://\(canary)@git.example.com'"),
  ]

  @Test("Whatever holds a password shows it neither printed nor dumped nor encoded", arguments: holders.indices)
  func hidden(index: Int) {
    let holder = Self.holders[index]
    var dumped = ""
    dump(holder, to: &dumped)
    #expect(!"\(holder) \(String(reflecting: holder)) \(dumped)".contains(Self.canary))
    #expect(!(holder is any Encodable))
  }

  @Test(
    "An address without a credential is shown whole",
    arguments: [
      "https://git.example.com/@team/x.git", "ssh://[::1]/a@b", "http://[::1]:8080/a@b", "https://git.example.com:8443/a@b",
      "https://git.example.com:/a@b", "file:///srv/a@b", "git.example.com:team/a@b",
    ])
  func whole(text: String) { #expect(RemoteURL(text).shown == text) }

  @Test("A credential is bound to the host that git will call, whatever marks stand in its address")
  func origin() {
    #expect(RemoteURL("https://git.example.com/\u{301}@hooks.example.org/x.git").origin == "https://git.example.com:443")
    #expect(RemoteURL("https://ann:a/b@git.example.com/x").host == "ann")
  }
}
