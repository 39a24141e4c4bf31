import Engine
import Schedule
import Support
import Testing

@Suite("Many posts that come in at once")
struct ManyPostsTests {
  @Test("They are scheduled, held with a reason, or left out, just as each by itself")
  func first() async throws {
    var files: [String: String?] = [:]
    for number in 0..<900 {
      // One in fifty is due soon, one in a hundred cannot be read.
      files["posts/\(number / 300)/post-\(number).yaml"] =
        number % 100 == 1 ? "id: post-\(number)\naccounts: [" : post(number % 50 == 0 ? 3600 : 864_000)
    }
    files["posts/long.yaml"] = String(repeating: "#", count: 1 << 20) + "\n"
    files["posts/no id.yaml"] = post(3600)
    let stage = try Stage(files.compactMapValues { $0 })
    try await stage.pass()
    try await stage.pass(after: .seconds(3600))
    #expect(stage.platform.calls.map(\.id).sorted() == stride(from: 0, to: 900, by: 50).map { "post-\($0)" }.sorted())
    #expect(try stage.outcomes("post-850") == ["published"])
    try stage.repository.push(["posts/0/post-2.yaml": nil, "posts/2/post-2.yaml": post(864_000)])
    try await stage.pass(after: .seconds(860_400))
    #expect(stage.platform.calls.map(\.id).contains("post-2"))
  }

  @Test("A change that concerns more than a thousand posts is taken in like any other")
  func change() async throws {
    var files: [String: String] = [:]
    for number in 0..<1100 { files["posts/post-\(number).yaml"] = post(864_000) }
    let stage = try Stage(files)
    try await stage.pass()
    try stage.repository.push([
      "posthorn.yaml": "grace: 30m\n", "posts/post-1.yaml": nil, "posts/post-2.yaml": post(3600), "posts/post-3.yaml": "accounts: [",
      "posts/moved/post-4.yaml": post(7200), "posts/post-4.yaml": nil,
    ])
    try await stage.pass(after: .seconds(3600))
    #expect(stage.platform.calls.map(\.id) == ["post-2"])
    #expect(try stage.outcomes("post-1") == ["cancelled"])
    #expect(try stage.status("post-3")?.deliveries.map(\.state) == [.held])
    // The next start has it from its disk.
    try await stage.pass(after: .seconds(3600))
    #expect(stage.platform.calls.map(\.id) == ["post-2", "post-4"])
  }
}
