import Engine
import Schedule
import Testing

@Suite("Many alarms at once")
struct NoticeTests {
  @Test("Everybody is told of everything, eight at a time")
  func bounded() async throws {
    let names = (1...40).map { "p\($0)" }
    let stage = try Stage(
      [
        "accounts/ops.yaml": "platform: stage\n", "posthorn.yaml": "notify: [{on: [missed], account: ops}]\n",
      ].merging(names.map { ("posts/\($0).yaml", post(60)) }) { $1 })
    try await stage.pass()
    try await stage.pass(after: .seconds(86_400))
    #expect(Set(stage.platform.calls.map(\.id)) == Set(names))
    #expect(stage.platform.calls.count == 40)
    #expect((2...8).contains(stage.platform.mostAtOnce))
  }
}
