import Git
import Support
import Testing

@Suite("While git tidies up the same repository")
struct HousekeepingTests {
  @Test(
    "Row 42: no commit is lost, and git finds everything whole",
    arguments: ["gc -q --prune=now", "repack -a -d -q", "pack-refs --all --prune"])
  func tidies(command: String) async throws { try await tidying(command) }

  private func tidying(_ command: String) async throws {
    let upstream = try Upstream()
    let count = 40
    async let written: Void = {
      let repository = try Repository(at: upstream.bare.path)
      var (number, pruned) = (0, 0)
      while number < count {
        let tip = try #require(try repository.reference("refs/heads/main"))
        do {
          let commit = try repository.commit("ours/\(number)", onto: tip, message: "\(number), pruned \(pruned) times")
          if try repository.compareAndSwap(reference: "refs/heads/main", from: tip, to: commit, message: "") == .moved { number += 1 }
        } catch let error as GitError where error.reason == .missingObject {
          // It was pruned before its branch moved. Made again it has to be another commit: git deletes packs by name, and the same objects
          // would get the name of the pack that it is about to delete.
          pruned += 1
        }
      }
    }()
    for _ in 0..<6 { try run(["git", "-C", upstream.bare.path] + command.split(separator: " ").map(String.init)) }
    try await written
    #expect(try upstream.bare.git("rev-list", "--count", "main") == "\(count + 1)")
    #expect(try upstream.bare.git("ls-tree", "--name-only", "main:ours").split(separator: "\n").count == count)
    #expect(try upstream.bare.fsck() == "")
  }
}
