import Engine
import Foundation
import Platforms
import Schedule
import Support
import Synchronization
import Testing

@Suite("A preparation that leaves something to remember")
struct PreparationTests {
  /// Where the process is killed.
  enum Moment { case beforeTheJournalKnows, afterwards }

  @Test(
    "Row 17: killed between an upload and the journal's word of it, or right after: it uploads again, and publishes once",
    arguments: [Moment.beforeTheJournalKnows, .afterwards])
  func uploadsAgain(moment: Moment) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    let uploads = Mutex(0)
    stage.platform.preparation.withLock {
      $0 = { remember throws(DeliveryError) in
        let upload = uploads.withLock { uploads in
          uploads += 1
          return uploads
        }
        do {
          if upload > 1 || moment == .afterwards { try await remember(Step(name: "upload", value: "\(upload)")) }
          if upload == 1 { try stage.takeImage() }
        } catch {
          throw DeliveryError(.content, code: "test", message: "\(error)")
        }
        if upload == 1 { throw .busy }  // What follows belongs to a future that does not happen.
      }
    }
    let before = try stage.repository.upstream.git("rev-parse", "main")
    try await stage.pass()
    try stage.restoreImage()
    try stage.repository.upstream.git("update-ref", "refs/heads/main", before)
    try await stage.pass()
    #expect(uploads.withLock { $0 } == 2)
    #expect(stage.platform.calls.count == 1)
    #expect(try stage.outcomes() == ["published"])
  }
}

@Suite("A schedule on disk that is older than the journal")
struct OldScheduleTests {
  @Test("Row 1: killed before the schedule was saved: what waits for another try is not cancelled, and goes out")
  func waits() async throws {
    let stage = try Stage(["posts/later.yaml": post(86_400)])
    try await stage.pass()
    let names = ["desired", "desired.base"].map { stage.host.path("state/\($0)") }
    let saved = try names.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    try stage.repository.push(["posts/launch.yaml": post()])
    stage.platform.answer(.failed(.busy))
    try await stage.pass()
    for (name, bytes) in zip(names, saved) { try bytes.write(to: URL(fileURLWithPath: name)) }
    try await stage.pass(after: .seconds(300))
    #expect(try stage.outcomes() == ["retrying", "published"])
  }
}

extension Stage {
  /// Keeps the state directory as a process that is killed now would leave it.
  fileprivate func takeImage() throws {
    try FileManager.default.copyItem(atPath: host.path("state"), toPath: host.path("image"))
  }

  fileprivate func restoreImage() throws {
    try FileManager.default.removeItem(atPath: host.path("state"))
    try FileManager.default.moveItem(atPath: host.path("image"), toPath: host.path("state"))
  }
}
