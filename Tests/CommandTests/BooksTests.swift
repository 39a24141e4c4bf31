import Foundation
import Support
import Testing

@Suite("The judge of the soak")
struct BooksTests {
  static let due = Date(timeIntervalSince1970: 1_800_000_000)
  let launch = Books.Delivery("launch", to: "acme")

  /// Books in which one delivery was asked for, arrived a second after it was due, and is recorded.
  private func books(arrivals: [(key: String, caption: String, after: TimeInterval)] = [("msg_1", "Doors open.", 1)], _ word: Books.Word?)
    -> Books
  {
    var books = Books()
    books.asked[launch] = Books.Wish("Doors open.", due: Self.due, grace: 60)
    books.arrivals = arrivals.map { Books.Arrival(launch, caption: $0.caption, key: $0.key, at: Self.due + $0.after) }
    books.upstream[launch] = word
    return books
  }

  private func kinds(_ books: Books) -> [Books.Violation.Kind] { books.violations().map(\.kind) }

  private static let published = Books.Word(state: "published", outcomes: ["published"])

  @Test("What arrived once, in time, as it was asked for, and is recorded so, is no violation")
  func kept() { #expect(books(Self.published).violations().isEmpty) }

  @Test("A delivery that receivers took twice is named, under one key or two", arguments: ["msg_1", "msg_2"])
  func twice(second: String) {
    let books = books(arrivals: [("msg_1", "Doors open.", 1), (second, "Doors open.", 2)], Self.published)
    #expect(kinds(books) == [.twice])
    #expect(books.violations().first?.description.contains("taken 2 times") == true)
  }

  @Test("What nobody asked for is named: other words, another post")
  func unasked() {
    #expect(kinds(books(arrivals: [("msg_1", "Doors closed.", 1)], Self.published)) == [.unasked])
    var others = books(Self.published)
    others.arrivals.append(Books.Arrival(Books.Delivery("other", to: "acme"), caption: "Doors open.", key: "msg_2", at: Self.due))
    #expect(kinds(others) == [.unasked])
  }

  @Test("What arrives before its instant, or after its grace, is named")
  func untimely() {
    #expect(kinds(books(arrivals: [("msg_1", "Doors open.", -0.5)], Self.published)) == [.early])
    #expect(kinds(books(arrivals: [("msg_1", "Doors open.", 64)], Self.published)) == [.late])
  }

  @Test(
    "What did not arrive is lost where upstream says nothing of it, or that it went out",
    arguments: [nil, Books.Word(state: "scheduled"), Books.Word(outcomes: ["retrying"]), Self.published])
  func lost(word: Books.Word?) { #expect(kinds(books(arrivals: [], word)) == [.lost]) }

  @Test(
    "What did not arrive is not lost where upstream says what became of it",
    arguments: ["failed", "missed", "in_doubt", "held", "cancelled"])
  func accounted(state: String) {
    #expect(books(arrivals: [], Books.Word(state: state)).violations().isEmpty)
    #expect(books(arrivals: [], Books.Word(outcomes: ["retrying", state])).violations().isEmpty)
  }

  @Test("What did not arrive, and that people were told of, is not lost; unless upstream says that it went out")
  func told() {
    var books = books(arrivals: [], nil)
    books.told[launch] = ["missed"]
    #expect(books.violations().isEmpty)
    books.upstream[launch] = Self.published
    #expect(kinds(books) == [.lost])
  }

  @Test(
    "What arrived, and upstream says did not go out, is silenced; a doubt that is said is none",
    arguments: ["scheduled", "missed", "failed", "cancelled", "held"])
  func silent(state: String) {
    var books = books(Books.Word(state: state))
    #expect(kinds(books) == [.silent])
    books.told[launch] = ["in_doubt"]
    #expect(books.violations().isEmpty)
    #expect(self.books(Books.Word(state: "in_doubt")).violations().isEmpty)
  }

  @Test("What a runner has claimed, which may be gone, is open for as long as nobody else may have it; a claim for ever claims nothing")
  func claimed() {
    var books = books(arrivals: [], nil)
    books.claimed[launch] = Self.due + 300
    #expect(books.waiting(at: Self.due + 400) == [launch])
    #expect(books.violations(but: books.waiting(at: Self.due + 400)).isEmpty)
    #expect(books.waiting(at: Self.due + 500).isEmpty)
    books.claimed[launch] = Self.due + 86_400
    #expect(books.waiting(at: Self.due).isEmpty)
  }

  @Test("Upstream is read as anybody can: states from status files, outcomes from history files, garbage passed over")
  func upstream() throws {
    let repository = try ContentRepository(files: [
      "status/posts/launch.json": #"{"post": "launch", "deliveries": [{"account": "acme", "state": "held", "reason": "unsealed"}]}"#,
      "history/2027/01/15/launch/acme.2.json": #"{"post": "launch", "account": "acme", "attempt": 2, "outcome": "in_doubt"}"#,
      "history/2027/01/15/launch/acme.1.json": #"{"post": "launch", "account": "acme", "attempt": 1, "outcome": "retrying"}"#,
      "status/claims/launch/acme.json": #"{"post": "launch", "account": "acme", "valid_until": "2027-01-15T08:05:00.000Z"}"#,
      "history/2027/01/15/other/acme.1.json": "garbage", "status/posts/other.json": "[]",
    ])
    var books = Books()
    try books.readUpstream(repository)
    #expect(books.upstream.keys.sorted() == [launch])
    #expect(books.upstream[launch]?.state == "held")
    #expect(books.upstream[launch]?.reason == "unsealed")
    #expect(books.upstream[launch]?.outcomes == ["retrying", "in_doubt"])
    #expect(books.claimed == [launch: Self.due + 300])
  }
}
