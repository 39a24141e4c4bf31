import Schedule
import Testing

@Suite("Work shared between cores")
struct SharedWorkTests {
  @Test("Every thing is done once, however many there are and however they are handed out", arguments: [0, 1, 63, 64, 65, 1000])
  func each(count: Int) async throws {
    for cores in [0, 1, 3] {
      let shares = try await SharedWork(count: count, cores: cores, chunk: 64).shares { next in
        var done: [Int] = []
        while let range = next() { done += range }
        return done
      }
      #expect(shares.joined().sorted() == Array(0..<count))
    }
  }

  @Test("Where one share fails, the whole does")
  func failure() async {
    struct Broken: Error {}
    await #expect(throws: Broken.self) {
      _ = try await SharedWork(count: 10, cores: 2, chunk: 1).shares { next in
        while let range = next() { if range.contains(7) { throw Broken() } }
      }
    }
  }

  @Test(
    "Only a file that may name an id is taken apart for it",
    arguments: [
      ("id: x", true), ("a: b\nid: x\n", true), ("{id: x}", true), ("\"id\": x", true), ("\"i\\x64\": x", true), ("? id\n: x", true),
      ("a: an id, x", true), ("idea: x", false), ("my_id: x", false), ("bid: x", false), ("i: d", false), ("", false), ("a: i", false),
    ])
  func mayBeNamed(text: String, mayBe: Bool) {
    #expect(Array(text.utf8).withUnsafeBufferPointer { PostID.mayBeNamed(in: $0) } == mayBe)
  }
}
