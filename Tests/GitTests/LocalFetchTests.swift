import Foundation
import Git
import Support
import Testing

@Suite("A remote on the same machine")
struct LocalFetchTests {
  let reference = "refs/remotes/upstream/main"

  @Test("It is fetched from, by path and by URL", arguments: ["", "file://"])
  func fetch(prefix: String) throws {
    let upstream = try Upstream()
    let mirror = try upstream.mirror()
    let url = prefix + upstream.bare.path
    #expect(try RemoteBranches(of: url, access: Access()) == RemoteBranches(of: upstream.bare.path, access: Access()))
    #expect(try RemoteBranches(of: url, access: Access()).head == "main")
    let fetched = try mirror.fetch(url, branch: "main", into: reference, access: Access())
    #expect(fetched.old == nil && fetched.new == upstream.tip)
    #expect(try mirror.lines(from: nil, to: upstream.tip) == ["+ seed"])
    let loose = mirror.hasLooseObjects
    #expect(!loose)
  }

  @Test("It is never pushed to, because that would overwrite what arrives meanwhile", arguments: ["", "file://"])
  func push(prefix: String) throws {
    let upstream = try Upstream()
    let mirror = try upstream.mirror()
    let url = prefix + upstream.bare.path
    let tip = try mirror.fetch(url, branch: "main", into: reference, access: Access()).new
    let ours = try mirror.commit("ours", onto: tip)
    let reason = GitError.Reason.of { _ = try mirror.push(ours, to: "main", of: url, expecting: tip, access: Access()) }
    #expect(reason == .unsupported)
    #expect(try upstream.head() == tip.hex)
  }

  @Test("Row 37: a branch that was moved back is fetched, and told apart by its history")
  func backwards() throws {
    let upstream = try Upstream()
    let mirror = try upstream.mirror()
    let next = try #require(ObjectID(hex: upstream.bare.git("commit-tree", "main^{tree}", "-p", "main", "-m", "next")))
    try upstream.bare.git("update-ref", "refs/heads/main", next.hex)
    #expect(try mirror.fetch(upstream.bare.path, branch: "main", into: reference, access: Access()).new == next)
    try upstream.bare.git("update-ref", "refs/heads/main", upstream.tip.hex)
    let fetched = try mirror.fetch(upstream.bare.path, branch: "main", into: reference, access: Access())
    #expect(fetched.old == next && fetched.new == upstream.tip)
    #expect(try !mirror.isAncestor(next, of: upstream.tip))
  }

  @Test("Row 38: an empty one, and none at all, are told apart")
  func empty() throws {
    let folder = try TemporaryFolder("git")
    let mirror = try Repository.create(bareAt: folder.path("mirror.git"))
    let empty = try GitClient.create(at: folder.path("empty.git"), "--bare")
    #expect(try RemoteBranches(of: empty.path, access: Access()).commits.isEmpty)
    do {
      _ = try mirror.fetch(empty.path, branch: "main", into: reference, access: Access())
      Issue.record("it was fetched")
    } catch {
      #expect(error.reason == .notFound && error.detail == "it is empty")
    }
    let absent = GitError.Reason.of { _ = try mirror.fetch(folder.path("none"), branch: "main", into: reference, access: Access()) }
    #expect(absent == .notFound)
    let unknown = GitError.Reason.of { _ = try RemoteBranches(of: "carrier://pigeon", access: Access()) }
    #expect(unknown == .unsupported)
  }

  @Test("A commit whose objects were pruned before its branch moved is not found, and can be made again")
  func pruned() throws {
    let upstream = try Upstream()
    let repository = try Repository(at: upstream.bare.path)
    let ours = try { try Repository(at: upstream.bare.path).commit("ours", onto: upstream.tip) }()  // Closed, it keeps nothing.
    try upstream.bare.git("-c", "gc.reflogExpire=now", "gc", "-q", "--prune=now")
    let other = try Repository(at: upstream.bare.path)
    let reason = GitError.Reason.of {
      _ = try other.compareAndSwap(reference: "refs/heads/main", from: upstream.tip, to: ours, message: "")
    }
    #expect(reason == .missingObject)
    let again = try repository.commit("ours", onto: upstream.tip)
    #expect(try repository.compareAndSwap(reference: "refs/heads/main", from: upstream.tip, to: again, message: "") == .moved)
    #expect(try upstream.bare.fsck() == "")
  }
}
