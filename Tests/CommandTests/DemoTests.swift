import Foundation
import Support
import Testing

@Suite("posthorn demo")
struct DemoTests {
  @Test("The demo publishes, retries, holds and leaves what is later, and its folder is a sound repository with the records")
  func demo() throws {
    let folder = try TemporaryFolder("demo")
    let ending = try Program.run(["demo"], in: folder.path, environment: ["TMPDIR": folder.path])
    #expect(ending.status == 0, "\(ending.output)\(ending.errors)")
    #expect(ending.output.contains("503 Service Unavailable") && ending.output.contains("204 No Content"))
    #expect(ending.output.contains("Posthorn: publish partners-only to partners"))
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first { $0.hasPrefix("posthorn-demo-") })
    let remote = GitClient(at: folder.path("\(name)/remote.git"))
    #expect(try remote.fsck() == "")
    let history = try remote.git("ls-tree", "-r", "--name-only", "main", "schedule/history").split(separator: "\n")
    #expect(history.count == 3 && history.contains { $0.hasSuffix("partners-only/partners.2.json") })
    let status = try Program.run(["status", "--repo", remote.path], in: folder.path)
    #expect(status.output.contains("scheduled  next-year") && status.output.contains("held       impossible"))
  }
}
