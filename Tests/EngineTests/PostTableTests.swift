import Git
import Schedule
import Testing

@testable import Engine

@Suite("The schedule in memory and on disk")
struct PostTableTests {
  private let commit = ObjectID(bytes: [UInt8](repeating: 7, count: 20)[...])
  private let next = ObjectID(bytes: [UInt8](repeating: 8, count: 20)[...])

  private func post(_ path: String, id: String? = nil, at seconds: Int64 = 1000, problem: String? = nil) throws -> DesiredPost {
    let stem = path.split(separator: "/").last?.split(separator: ".").first ?? ""
    return DesiredPost(
      path: path, id: try #require(PostID(id ?? String(stem))), blob: try #require(commit), source: try #require(next),
      deliveries: [
        DesiredDelivery(
          account: try #require(AccountName("acme")), platform: "outbox", scheduledAt: Instant(seconds: seconds),
          timezone: "Europe/Berlin", grace: .seconds(3600), suspension: Suspended(reason: "legal", until: Instant(seconds: 5)),
          burst: "abc", said: Said(number: .min + seconds),
          renames: [
            Renaming(
              old: DeliveryID(post: try #require(PostID("old")), account: try #require(AccountName("before"))),
              scheduledAt: Instant(seconds: 7), isMove: true)
          ])
      ], blocked: [try #require(AccountName("other"))], problem: problem, repeats: PostID("earlier"))
  }

  private func changes(_ posts: [DesiredPost], gone: [String] = []) -> PostChanges {
    var changes = PostChanges()
    for path in gone { changes.add(path, nil) }
    for post in posts { changes.add(post.path, post) }
    return changes
  }

  private func desired(_ posts: [DesiredPost]) throws -> Desired {
    var desired = Desired(tzdata: "2026a")
    desired.commit = commit
    desired.take(changes(posts))
    return desired
  }

  @Test("A post comes back as it was, by its path and by its id", arguments: [nil, "own-name"])
  func finding(id: String?) throws {
    let post = try post("schedule/posts/2026/a.yaml", id: id, problem: "no caption")
    let desired = try desired([post, try self.post("schedule/posts/b.yaml")])
    #expect(desired[post.path] == post)
    #expect(desired.posts(of: post.id) == [post])
    #expect(desired.post(post.id) == post)
    #expect(desired["schedule/posts/c.yaml"] == nil)
  }

  @Test("What changes is beside the table, and counts")
  func beside() throws {
    let (a, b) = (try post("posts/a.yaml"), try post("posts/b.yaml"))
    var desired = try desired([a, b])
    var moved = a
    moved.path = "posts/x/a.yaml"
    desired.take(changes([moved], gone: ["posts/a.yaml"]))
    #expect(desired["posts/a.yaml"] == nil && desired[moved.path] == moved)
    #expect(desired.posts(of: a.id) == [moved])
    desired.take(changes([a]))
    #expect(desired.posts(of: a.id).map(\.path) == ["posts/a.yaml", "posts/x/a.yaml"])
    #expect(desired.post(a.id) == nil, "two files claim it")
    #expect(desired.base.count == 2)
  }

  @Test("A table that is made of both says the same, and takes the place of both")
  func folding() throws {
    let posts = try (1...20).map { try post("posts/p\($0).yaml", at: Int64($0)) }
    var desired = try desired(posts)
    desired.take(changes([try post("posts/p3.yaml", at: 300)], gone: ["posts/p4.yaml"]))
    let before = desired
    desired.fold(changes([try post("posts/p5.yaml", at: 500), try post("posts/new.yaml")], gone: ["posts/p6.yaml"]))
    #expect(desired.changes.isEmpty && desired.base.count == 19)
    var found: Set<String> = []
    desired.forEach { found.insert($0.path) }
    var wanted = Set(posts.map(\.path)).subtracting(["posts/p4.yaml", "posts/p6.yaml"])
    wanted.insert("posts/new.yaml")
    #expect(found == wanted)
    #expect(desired["posts/p3.yaml"] == before["posts/p3.yaml"])
    #expect(desired["posts/p5.yaml"]?.deliveries.first?.scheduledAt == Instant(seconds: 500))
  }

  @Test("When the zone data changes, nothing computed with the old is left in the table, which is saved as one of the new")
  func zoneData() throws {
    var desired = try desired([try post("posts/a.yaml", at: 100), try post("posts/b.yaml", at: 100)])
    let first = desired.baseCommit
    desired.commit = next
    desired.take(changes([try post("posts/c.yaml", at: 100)]))
    #expect(desired.baseCommit == first)
    var adoption = Adoption(commit: try #require(next))
    adoption.tzdata = "2026b"
    adoption.posts = changes(try ["a", "b", "c"].map { try post("posts/\($0).yaml", at: 200) })
    _ = desired.adopt(adoption, at: .distantPast ... .distantPast)
    #expect(desired.changes.isEmpty && desired.baseCommit == next)
    var instants: Set<Int64> = []
    desired.base.forEach { for delivery in $0.deliveries { instants.insert(delivery.scheduledAt.seconds) } }
    #expect(instants == [200])
  }

  @Test("Looking ahead finds what is due until then, and what is held at any time")
  func ahead() throws {
    var plain = try post("posts/late.yaml", at: 5000)
    plain.deliveries[0].suspension = nil
    plain.deliveries[0].burst = nil
    plain.deliveries[0].renames = []
    plain.blocked = []
    var soon = plain
    (soon.path, soon.id) = ("posts/soon.yaml", try #require(PostID("soon")))
    soon.deliveries[0].scheduledAt = Instant(seconds: 100)
    let desired = try desired([plain, soon, try post("posts/held.yaml", at: 9000)])
    var found: Set<String> = []
    desired.forEach(through: Instant(seconds: 100)) { found.insert($0.path) }
    #expect(found == ["posts/soon.yaml", "posts/held.yaml"])
  }

  @Test("The schedule on disk comes back as it was, what changed included, and bytes that are cut are refused")
  func bytes() throws {
    var desired = try desired([try post("posts/a.yaml"), try post("posts/ä.yaml", id: "umlaut", problem: "no time")])
    let baseCommit = try #require(desired.baseCommit)
    let saved = DesiredFile.Saved(commit: baseCommit, baseCommit: baseCommit, tzdata: "2026a", base: desired.base)
    #expect(try DesiredFile.Saved(base: saved.bytes) == saved)
    desired.take(changes([try post("posts/c.yaml")], gone: ["posts/a.yaml"]))
    let delta = Delta(base: baseCommit, commit: try #require(next), posts: PostChanges(desired.changes))
    #expect(try Delta(bytes: delta.bytes) == delta)
    for length in 0..<saved.bytes.count {
      #expect(throws: MalformedBytes.self) { try DesiredFile.Saved(base: Array(saved.bytes.prefix(length))) }
    }
    for length in 0..<delta.bytes.count { #expect(throws: MalformedBytes.self) { try Delta(bytes: Array(delta.bytes.prefix(length))) } }
  }
}
