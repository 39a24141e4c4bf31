import HTTP
import Testing

@Suite("An endpoint")
struct EndpointTests {
  @Test(
    "Has an origin: scheme, host in small letters, port",
    arguments: [
      ("https://Hooks.Example/a?b#c", "https://hooks.example"), ("HTTPS://hooks.example:443", "https://hooks.example"),
      ("https://hooks.example:8443/", "https://hooks.example:8443"), ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080"),
      ("http://0x7f.1/", "http://127.0.0.1"), ("https://[::1]:9/", "https://[::1]:9"),
    ])
  func origin(text: String, origin: String) throws {
    #expect(try Endpoint(text).origin.description == origin)
    #expect(Origin(origin)?.description == origin)
    #expect(try Endpoint(text).origin == Origin(text))
  }

  @Test("Keeps path and query, and drops the fragment")
  func text() throws { #expect(try Endpoint("https://hooks.example/a%20b?c=d#e").text == "https://hooks.example/a%20b?c=d") }

  @Test(
    "Is refused with a reason",
    arguments: [
      ("", Endpoint.Problem.unreadable), ("hooks.example", .unreadable), ("/path", .unreadable), ("ftp://hooks.example/", .notHTTP),
      ("file:///etc/passwd", .notHTTP), ("https://user@hooks.example/", .hasUserinfo), ("https://user:word@hooks.example/", .hasUserinfo),
      ("https://:word@hooks.example/", .hasUserinfo), ("https://hooks.example/ x", .unreadable),
      ("https://hooks.example/\r\nx", .unreadable),
      ("https://hooks.example:99999/", .unreadable), ("https://hooks.example/" + String(repeating: "a", count: 5000), .tooLong),
    ])
  func refused(text: String, problem: Endpoint.Problem) { #expect(throws: problem) { try Endpoint(text) } }

  @Test("Shows its origin only: paths may be secret")
  func shown() throws { #expect("\(try Endpoint("https://hooks.example/secret?secret"))" == "https://hooks.example/…") }
}
