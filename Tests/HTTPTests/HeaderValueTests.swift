import HTTP
import Testing

@Suite("Dates and waits in headers")
struct HeaderValueTests {
  @Test(
    "The three forms of a date are read",
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
      ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 29 Feb 2024 23:59:60 GMT", 1_709_251_200),
      ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799), ("Fri, 27 Nov 2026 12:00:00 GMT", 1_795_780_800),
    ] as [(String, Int64)])
  func dates(text: String, seconds: Int64) { #expect(HTTPDate.seconds(text) == seconds) }

  @Test(
    "Anything else is not a date",
    arguments: [
      "", "yesterday", "Sun, 06 Nov 1994 08:49:37 PST", "Thu, 30 Feb 2026 00:00:00 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov -994 08:49:37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
    ])
  func nonsense(text: String) { #expect(HTTPDate.seconds(text) == nil) }

  @Test(
    "A wait is seconds or a date, never more than a day, and nonsense counts as absent",
    arguments: [
      ("0", .zero), ("120", .seconds(120)), (" 120 ", .seconds(120)), ("86401", .seconds(86_400)),
      (String(repeating: "9", count: 400), .seconds(86_400)), ("Fri, 27 Nov 2026 12:01:00 GMT", .seconds(60)),
      ("Fri, 27 Nov 2026 11:00:00 GMT", .zero), ("Fri, 31 Dec 9999 23:59:59 GMT", .seconds(86_400)), ("", nil), ("soon", nil),
      ("-1", nil), ("1.5", nil), ("0x10", nil), ("1 2", nil), ("١٢", nil),
    ] as [(String, Duration?)])
  func waits(text: String, wait: Duration?) { #expect(RetryAfter.wait(text, now: 1_795_780_800) == wait) }

  @Test("A response gives its server's clock, and its wait")
  func response() {
    let response = Response(status: 429, headers: ["Date": "Fri, 27 Nov 2026 12:00:00 GMT", "Retry-After": "7"])
    #expect(response.date == 1_795_780_800)
    #expect(response.retryAfter(now: 0) == .seconds(7))
    #expect(Response(status: 200).date == nil)
  }
}
