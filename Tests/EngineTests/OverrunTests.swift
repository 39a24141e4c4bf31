import Engine
import Foundation
import Git
import Glibc
import Schedule
import Support
import Testing

@Suite("A call to upstream that ignores its deadline")
struct OverrunTests {
  @Test(
    "The engine stops and says which call it was, instead of waiting for ever; what is due meanwhile went out", arguments: [false, true])
  func stops(asDaemon: Bool) async throws {
    let stage = try Stage(["posts/launch.yaml": post(600)])
    let location = Location.remote(url: "file://\(stage.repository.upstream.path)", branch: "main")
    try await stage.pass(at: location)
    // Reading a pipe that nobody writes to is no socket, so no deadline can end it.
    let pipe = stage.repository.upstream.path + "/packed-refs"
    try? FileManager.default.removeItem(atPath: pipe)  // It may not be there yet.
    try #require(mkfifo(pipe, 0o600) == 0)
    defer {
      // Lets the thread go that still waits for a writer; it finds no pipe when it looks again.
      let writer = open(pipe, O_RDWR | O_NONBLOCK)
      unlink(pipe)
      close(writer)
    }
    stage.time.advance(to: .noon + .seconds(600))
    let engine = try stage.engine(at: location, Access(deadline: .milliseconds(100), patience: .milliseconds(100)))
    let error = await #expect(throws: GitError.self) {
      _ = asDaemon ? try await engine.run(wakes: AsyncStream { $0.finish() }) : try await engine.reconcile()
    }
    #expect(error?.reason == .timeout && error?.description.contains("file://") == true)
    #expect(stage.platform.calls.count == 1)
  }
}
