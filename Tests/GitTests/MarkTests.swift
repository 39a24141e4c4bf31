import Git
import Support
import Testing

@Suite("Marks that combine with what separates the parts of a text")
struct MarkTests {
  @Test(
    "An address is shown as git reads it: a mark behind a slash hides no part of it, and moves no credential",
    arguments: [
      ("ssh://g/\u{301}@hooks.example.org/i't@example.com:22/x", "g", String?.none),
      ("https://user:secret@host/\u{301}@other.example/x", "host", "user"), ("https://u:secret@\u{301}host/x", "\u{301}host", "u"),
      ("https://u:secret@host:\u{301}8443/x", "host", "u"),
    ])
  func shown(text: String, host: String, user: String?) {
    let url = RemoteURL(text)
    #expect(url.host == host && url.user == user, "\(url.host) \(String(describing: url.user))")
    #expect(!url.shown.contains("secret") && !"\(GitError(step: text, reason: .other, detail: text))".contains("secret"))
    if user == nil { #expect(url.shown.utf8.contains(UInt8(ascii: "@")), "nothing of it is a credential: \(url.shown)") }
  }

  @Test("A path with a colon in a folder's name is a path, whatever combines with its slash")
  func path() {
    #expect(RemoteURL("team/\u{301}x:y").isLocal && RemoteURL("host:team").scheme == .ssh)
  }

  @Test("A credential in an error goes, whatever mark stands before or behind it", arguments: ["\u{301}", "\u{20DD}", "\u{200D}"])
  func scrubbed(mark: String) {
    for text in ["https://u:canary@\(mark)h/x", "see https:/\(mark)/ https://u:canary\(mark)@h", "'https://u\(mark):canary@h/x'"] {
      #expect(!"\(GitError(step: "fetch", reason: .other, detail: text))".contains("canary"), "\(text)")
    }
  }

  @Test("A backslash in a name is refused, whatever combines with it")
  func backslash() throws {
    let fixture = try Fixture()
    let blob = try fixture.git("hash-object -w --stdin </dev/null")
    let tree = try fixture.id(fixture.git("--version >/dev/null; printf '100644 blob \(blob)\\ta\\\\\u{301}b.yaml\\n' | git mktree"))
    let entries = try fixture.repository().entries(of: tree)
    #expect(entries.map(\.problem) == [.backslash], "\(entries)")
  }
}
