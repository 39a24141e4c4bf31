import Git
import HTTP
import Schedule
import Testing

@testable import Engine
@testable import LFS

@Suite("Where objects of Git LFS are")
struct LFSPlacesTests {
  @Test(
    "The server of a remote has the remote's address, as Git LFS says",
    arguments: [
      ("https://git.example/team/posts", "https://git.example/team/posts.git/info/lfs"),
      ("https://git.example/team/posts.git", "https://git.example/team/posts.git/info/lfs"),
      ("https://ann:secret@git.example:8443/posts.git/", "https://git.example:8443/posts.git/info/lfs"),
      ("http://127.0.0.1:8080/posts", "http://127.0.0.1:8080/posts.git/info/lfs"),
      ("git@git.example:team/posts", "https://git.example/team/posts.git/info/lfs"),
      ("git@git.example:team/posts.git", "https://git.example/team/posts.git/info/lfs"),
      ("ssh://git@git.example:2222/team/posts.git", "https://git.example/team/posts.git/info/lfs"),
      ("git://git.example/posts.git", "https://git.example/posts.git/info/lfs"),
      ("https://[::1]:8443/posts", "https://[::1]:8443/posts.git/info/lfs"),
    ])
  func own(remote: String, server: String) { #expect(RemoteURL(remote).lfsServer == server) }

  @Test("A repository on this machine has none", arguments: ["/srv/posts.git", "file:///srv/posts.git"])
  func none(remote: String) { #expect(RemoteURL(remote).lfsServer == nil) }

  @Test("The git credential goes along to the remote's own origin, and never to a server that .lfsconfig names")
  func credential() throws {
    let credential = BasicCredential(user: "ann", password: "secret", origin: Origin(scheme: .https, host: "git.example"))
    let own = try LFSPlaces(remote: "git@git.example:posts").server(credential)
    #expect(own.choice == .remote && own.origin == credential.origin)
    let chosen = try LFSPlaces(chosen: "https://git.example/posts.git/info/lfs", remote: "https://git.example/posts").server(credential)
    #expect(chosen.choice == .repository)
  }

  @Test(
    "A server that .lfsconfig names may be in a private network at the remote's own host, or at one that the operator names",
    arguments: [
      ("https://git.example/team/posts", ["git.example", "media.example"]), ("git@GIT.example:posts", ["git.example", "media.example"]),
      ("ssh://git@[::1]:2222/posts", ["[::1]", "media.example"]), ("/srv/posts.git", ["media.example"]), (nil, ["media.example"]),
    ] as [(String?, Set<String>)])
  func privateHosts(remote: String?, hosts: Set<String>) throws {
    let chosen = try LFSPlaces(chosen: "https://inner.example/lfs", remote: remote).server(nil, privateHosts: ["media.example"])
    #expect(chosen.choice == .repository && chosen.privateHosts == hosts)
    guard let remote, RemoteURL(remote).lfsServer != nil else { return }
    #expect(try LFSPlaces(remote: remote).server(nil).privateHosts == nil)
  }

  @Test("lfs.url in the configuration of a repository on this host goes before what is pushed, and is the operator's word")
  func configured() throws {
    let credential = BasicCredential(user: "ann", password: "secret", origin: Origin(scheme: .https, host: "inner.example"))
    let server = try LFSPlaces(configured: "https://inner.example/lfs", chosen: "https://other.example/lfs").server(credential)
    #expect(server.choice == .host && server.origin == credential.origin && server.privateHosts == nil)
  }

  @Test(
    "A server that cannot be one is named, its address not",
    arguments: ["file:///etc", "ssh://git@git.example/x", "https://ann:canary@git.example/", "canary"])
  func refused(url: String) {
    do throws(DeliveryError) {
      _ = try LFSPlaces(chosen: url).server(nil)
      Issue.record("it is taken")
    } catch {
      #expect(error.class == .content && error.message.contains(".lfsconfig") && !error.message.contains("canary"))
    }
  }
}
