import Support
import Testing

@Suite("Logging in where the branch may have moved the account")
struct LoginOriginTests {
  @Test("The credential is kept only for the origin that its owner names, whatever address the branch has by then")
  func origin() async throws {
    let host = try Host(["accounts/hook.yaml": webhook("https://hooks.example.com/a")])
    let credential = #"{"secret": "\#(Host.secret)"}"#
    #expect(try await host.posthorn("account", "login", "hook", "--origin", "https://hooks.example.com", input: credential).status == 0)
    try host.repository.push(["accounts/hook.yaml": webhook("https://hooks.example.com.evil.example/a")])
    let ending = try await host.posthorn("account", "login", "hook", "--origin", "https://hooks.example.com", input: credential)
    #expect(ending.status == 3 && ending.errors.contains("nothing was kept"), "\(ending)")
    #expect(try await host.posthorn("account", "list").output.contains("https://hooks.example.com "))
    #expect(try await host.posthorn("account", "login", "hook", "--origin", "hooks", input: credential).status == 2)
  }
}
