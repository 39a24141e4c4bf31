import Foundation
import Schedule
import Support
import Testing

@Suite("Zone data that is replaced beside a running daemon")
struct ZoneDataTests {
  private let folder: TemporaryFolder
  private let host: Host

  init() throws {
    folder = try TemporaryFolder("zones")
    try FileManager.default.createDirectory(atPath: folder.path("Test"), withIntermediateDirectories: true)
    host = try Host(["accounts/acme.yaml": outbox])
    try set("UTC", "UTC")
  }

  /// Has a name stand for one of the system's zones, as a package does it: a new file in the place of the old.
  private func set(_ name: String, _ zone: String, version: String = "2026a") throws {
    let index = "# version \(version)\nZ Test/City 0 - UTC\nL Test/City UTC\n"
    for (file, data) in [
      (name, try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\(zone)"))), ("tzdata.zi", Data(index.utf8)),
    ] {
      try data.write(to: URL(fileURLWithPath: folder.path(file)), options: .atomic)
    }
  }

  private func daemon() async throws -> Daemon {
    try await Daemon(host.options + ["--interval", "1h"], environment: ["HOME": host.home.path, "TZDIR": folder.path])
  }

  private func post(due: Int, in zone: String) -> String {
    "scheduled_time: \(wallClock(due))\ntimezone: \(zone)\naccounts: [acme]\ncaption: Doors open.\n"
  }

  @Test("Row 60: what is due earlier by the new data goes out, and its record names the data")
  func earlier() async throws {
    try set("Test/City", "Etc/GMT+1")
    try host.repository.push(["posts/launch.yaml": post(due: -2, in: "Test/City")])
    let daemon = try await daemon()
    _ = try await daemon.line(containing: " adopted ")
    try set("Test/City", "Etc/UTC", version: "2026b")
    daemon.wake()
    try await daemon.until("the record") { try host.attempts("launch") == ["1 published"] }
    #expect(try await daemon.stop() == 0)
    #expect(try host.history().values.map(\.tzdata) == ["2026b"])
  }

  @Test("Row 60: what is due later by the new data does not go out, although nothing woke the daemon since")
  func later() async throws {
    try set("Test/City", "Etc/UTC")
    try host.repository.push(["posts/launch.yaml": post(due: 5, in: "Test/City"), "posts/other.yaml": post(due: 6, in: "UTC")])
    let daemon = try await daemon()
    _ = try await daemon.line(containing: " adopted ")
    try set("Test/City", "Etc/GMT+1")
    try await daemon.until("the other's record") { try host.attempts("other") == ["1 published"] }
    #expect(try await daemon.stop() == 0)
    #expect(host.outbox().count == 1)
    #expect(try host.attempts("launch") == [])
  }
}
