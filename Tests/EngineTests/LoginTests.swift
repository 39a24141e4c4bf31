import Engine
import Platforms
import Schedule
import Testing

@Suite("An account whose credential is refused")
struct LoginTests {
  @Test("is held and asked no more, until it has another credential; then it goes out in the same arming")
  func held() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.platform.answer(.failed(DeliveryError(.auth, code: "http.401", message: "who?")))
    #expect(try await stage.pass().held == 1)
    #expect(try stage.status()?.deliveries.map(\.state) == [.held])
    try await stage.pass(after: .seconds(300))
    #expect(stage.platform.calls.count == 1)
    stage.login()
    try await stage.pass(after: .seconds(300))
    #expect(stage.platform.calls.count == 2)
    #expect(Set(stage.platform.calls.map(\.key)).count == 1)
    #expect(try stage.outcomes().last == "published")
    #expect(try stage.status()?.deliveries.map(\.state) == [.published])
  }
}
