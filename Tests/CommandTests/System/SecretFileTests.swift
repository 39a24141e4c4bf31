import Foundation
import Support
import Testing

@Suite("Files of the host that hold a secret")
struct SecretFileTests {
  @Test("One that is a link, a folder, a pipe or open to others is refused by name, before anything is read")
  func refused() async throws {
    let folder = try TemporaryFolder("secret")
    let manager = FileManager.default
    try folder.write(#"{"user": "u", "password": "canary", "origin": "https://h.example"}"#, to: "real")
    try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.path("real"))
    try manager.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: folder.path("real"))
    try manager.createDirectory(atPath: folder.path("folder"), withIntermediateDirectories: false)
    try run(["mkfifo", "-m", "600", folder.path("pipe")])
    try manager.copyItem(atPath: folder.path("real"), toPath: folder.path("group"))
    try manager.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder.path("group"))
    for (name, words) in [("link", "symbolic link"), ("folder", "is no file"), ("pipe", "is no file"), ("group", "chmod 600")] {
      let ending = try await Posthorn.run([
        "reconcile", "--repo", "https://h.example/x.git", "--state", folder.path("state"), "--git-credential", folder.path(name),
      ])
      #expect(ending.status == 3 && ending.errors.contains(words) && !ending.errors.contains("canary"), "\(name): \(ending)")
    }
  }
}
