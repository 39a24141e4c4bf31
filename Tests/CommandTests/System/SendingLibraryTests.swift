import Support
import Testing

@Suite("What sends over the network is loaded by whoever sends")
struct SendingLibraryTests {
  /// Has the loader find a library of that name which is none.
  private let without: [String: String]
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder("libraries")
    try folder.write("not a library", to: "libcurl.so.4")
    without = ["LD_LIBRARY_PATH": folder.path]
  }

  @Test("A host without it is told so by the first command that may send, and what to install", arguments: ["reconcile", "daemon"])
  func missing(command: String) async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    let ending = try await Posthorn.run([command] + host.options, environment: without)
    #expect(ending.status == 3, "\(ending)")
    #expect(ending.errors.contains("libcurl cannot be loaded") && ending.errors.contains("apt-get install libcurl4"), "\(ending)")
    #expect(host.outbox().isEmpty)
  }

  @Test("Such a host still validates and shows; doctor names what is missing")
  func others() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    for command in [["validate", "--rev", "HEAD"], ["status"]] {
      let ending = try await Posthorn.run(command + ["--repo", host.repository.url], environment: without)
      #expect(ending.status == 0, "\(ending)")
    }
    let doctor = try await Posthorn.run(["doctor"] + host.options, environment: without)
    #expect(doctor.status == 1 && doctor.output.contains("apt-get install libcurl4"), "\(doctor)")
  }

  @Test("A daemon whose accounts are all on this machine publishes without ever having it in memory")
  func unneeded() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    let daemon = try await host.daemon()
    try await daemon.until("the publication's record") { try host.attempts("launch") == ["1 published"] }
    let maps = try run(["cat", "/proc/\(daemon.process)/maps"])
    #expect(maps.contains("libgit2") && !maps.contains("libcurl"))
    #expect(try await daemon.stop() == 0)
  }
}
