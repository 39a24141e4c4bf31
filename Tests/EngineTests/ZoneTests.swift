import Engine
import Schedule
import Support
import Testing

@Suite("Zone data that changes")
struct ZoneTests {
  private func city(_ zone: String?, _ version: String) -> Zones {
    Stage.zones(version: version, ["UTC": "UTC"].merging(zone.map { ["Test/City": $0] } ?? [:]) { $1 })
  }

  private func post(at time: String) -> String { "scheduled_time: \(time)\ntimezone: Test/City\naccounts: [acme]\n" }

  @Test("Row 60: a time that falls into a gap, or whose zone is gone, is held, and scheduled again once it exists")
  func held() async throws {
    let stage = try Stage(["posts/launch.yaml": post(at: "2027-03-14T02:30")])
    try await stage.pass(zones: city("UTC", "1"))
    for (zone, version, words) in [("America/New_York", "2", "does not exist"), (nil, "3", "Test/City")] {
      try await stage.pass(zones: city(zone, version))
      let delivery = try #require(try stage.status()?.deliveries.first)
      #expect(delivery.state == .held && delivery.reason?.contains(words) == true, "\(delivery)")
    }
    try await stage.pass(zones: city("UTC", "4"))
    #expect(try stage.status()?.deliveries.map(\.state) == [.scheduled])
    #expect(try stage.status()?.scheduledAt == Instant("2027-03-14T02:30:00Z"))
    #expect(stage.platform.calls.isEmpty)
  }

  @Test("Under the same version, too: a zone's file that changes, is missing, or comes, has every time computed again by the next pass")
  func sameVersion() async throws {
    // The names are those of the index, whatever files are there.
    func zones(_ zone: String?) -> Zones {
      Stage.zones(version: "1", ["UTC": "UTC", "Test/City": zone ?? "nowhere"])
    }
    let stage = try Stage(["posts/launch.yaml": post(at: "2027-03-14T02:30")])
    for (zone, words) in [(nil, "its file is missing"), ("UTC", nil), ("America/New_York", "does not exist"), ("UTC", nil)]
      as [(String?, String?)]
    {
      try await stage.pass(zones: zones(zone))
      let delivery = try stage.status()?.deliveries.first
      #expect(delivery?.state == (words == nil ? .scheduled : .held) && delivery?.reason?.contains(words ?? "") ?? (words == nil))
      // Posts that come with later pushes use the same data.
      let name = (zone ?? "none").lowercased().filter(\.isLetter)
      try stage.repository.push(["posts/p-\(name).yaml": post(at: "2028-07-14T02:30")])
      try await stage.pass(zones: zones(zone))
    }
    #expect(stage.platform.calls.isEmpty)
  }

  @Test("Row 60: a time that occurs twice now is the first of them")
  func fold() async throws {
    let stage = try Stage(["posts/launch.yaml": post(at: "2027-11-07T01:30")])
    let first = try #require(Instant("2027-11-07T05:30:00Z"))
    try await stage.pass(zones: city("Asia/Tokyo", "1"))
    #expect(stage.platform.calls.isEmpty)
    stage.time.advance(to: first - .seconds(3))
    try await stage.pass(zones: city("America/New_York", "2"))
    #expect(stage.platform.calls.isEmpty)
    try await stage.pass(after: .seconds(3), zones: city("America/New_York", "2"))
    #expect(try stage.attempts().map(\.scheduledAt) == [first])
    #expect(try stage.attempts().map(\.tzdata) == ["2"])
  }
}
