import Synchronization
import Testing

@testable import Schedule

@Suite("How much of a file is looked at")
struct ContentBoundsTests {
  @Test("Row 61: a post with thousands of mistakes is refused in time, and a hundred of them are shown")
  func manyMistakes() {
    let accounts = (0..<400).map { "nobody-\($0)" }.joined(separator: ", ")
    let overrides = (0..<2000).map { "  somebody-\($0): {caption: x}" }.joined(separator: "\n")
    let more = (0..<200).map { ContentFile(path: "schedule/accounts/account-\($0).yaml", "platform: outbox\n") }
    let start = ContinuousClock.now
    let reading = Sample.read(
      "scheduled_time: 2026-11-27T09:00\ntimezone: UTC\naccounts: [\(accounts)]\noverrides:\n\(overrides)\n", accounts: more)
    #expect(reading.post == nil && reading.diagnostics.count == 101)
    #expect(reading.diagnostics.contains { $0.message.contains("more than 100 problems") })
    #expect(reading.diagnostics.allSatisfy { ($0.message + $0.hint).utf8.count < 4000 })
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test("A post takes a hundred media along, and not one more", arguments: [(100, true), (101, false)])
  func media(count: Int, isAccepted: Bool) {
    let items = String(repeating: "{path: media/teaser.mp4}, ", count: count)
    let reading = Sample.read("scheduled_time: 2026-11-27T09:00\ntimezone: UTC\naccounts: [acme]\nmedia: [\(items)]\n")
    #expect((reading.post != nil) == isAccepted)
  }

  @Test("A medium's nearly equal name is looked for in a few folders, however many names each of them stands under")
  func nearly() {
    let looks = Mutex(0)
    let twins = MediaFolder(
      find: { _ in .absent },
      names: { _ in
        looks.withLock { $0 += 1 }
        return ["A", "a"]
      })
    #expect(twins.near("\(String(repeating: "a/", count: 15))x.mp4") == nil)
    #expect(looks.withLock { $0 } <= 64)
    let other = MediaFolder(find: { _ in .absent }, names: { _ in ["B"] })
    #expect(other.near("b/b") == "B/B" && other.near("B/B") == nil && other.near("b/c") == nil)
  }

  @Test("A mark that combines with a slash hides no file", arguments: ["posts/\u{301}a.yaml", "accounts/\u{20DD}a.yaml"])
  func combining(path: String) { #expect(ContentPath.kind(of: path) != .other) }
}
