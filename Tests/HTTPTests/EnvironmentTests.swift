import Glibc
import HTTP
import Support
import Testing

@Suite("The environment")
struct EnvironmentTests {
  /// In a process of its own: the environment belongs to all tests of this one.
  @Test("Names no proxy for us")
  func proxy() async throws {
    await #expect(processExitsWith: .success) {
      let proxy = try Receiver()
      for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"] { setenv(name, proxy.url(), 1) }
      let exchange = try Exchange()
      let response = try await exchange.client.send(try exchange.request())
      exit(response.status == 200 && exchange.receiver.arrivals.count == 1 && proxy.connections == 0 ? 0 : 1)
    }
  }
}
