import Foundation
import Git
import Support
import Synchronization
import Testing

// One at a time: a deadline shuts whatever sockets the process opened meanwhile, those of a neighbouring test included.
@Suite("A server that says nothing", .serialized)
struct DeadlineTests {
  @Test(
    "Row 34: it is left at the deadline",
    arguments: ["http://127.0.0.1:PORT/x", "https://127.0.0.1:PORT/x", "ssh://git@127.0.0.1:PORT/x", "git://127.0.0.1:PORT/x"])
  func silent(url: String) throws {
    let listener = try Listener()
    let text = url.replacing("PORT", with: "\(listener.port)")
    let repository = try Repository.create(bareAt: TemporaryFolder("git").path("m.git"))
    let access = Access(deadline: .milliseconds(200))
    let started = ContinuousClock.now
    do {
      _ = try withExtendedLifetime(listener) { try repository.fetch(text, branch: "main", into: "refs/x", access: access) }
      Issue.record("it was fetched")
    } catch let error as GitError {
      #expect(error.reason == .timeout, "\(error)")
    }
    #expect(ContinuousClock.now - started < .seconds(30))
  }

  @Test("Nobody listening is a network error, at once", arguments: ["http", "ssh", "git"])
  func refused(scheme: String) throws {
    let port = try freePort()
    #expect(GitError.Reason.of { _ = try RemoteBranches(of: "\(scheme)://git@127.0.0.1:\(port)/x", access: Access()) } == .network)
  }

  @Test("Sockets of others are left alone, those from before and those that are exempt")
  func others() async throws {
    let listener = try Listener()
    let earlier = try Pair()
    let exempt = Exempt()
    let url = "git://127.0.0.1:\(listener.port)/x"
    async let reason = GitError.Reason.of {
      _ = try RemoteBranches(of: url, access: Access(deadline: .milliseconds(500), isExempt: { exempt.contains($0) }))
    }
    let caller = listener.accept()
    let later = try Pair()
    exempt.set([later.ends.0, later.ends.1, caller])
    #expect(await reason == .timeout)
    #expect(earlier.works && later.works)
    close(caller)
  }
}

/// Two connected sockets.
private final class Pair {
  let ends: (Int32, Int32)

  init() throws {
    var both: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &both) == 0 else { throw POSIXError(.EMFILE) }
    ends = (both[0], both[1])
  }

  var works: Bool {
    var byte: UInt8 = 7
    return send(ends.0, &byte, 1, Int32(MSG_NOSIGNAL)) == 1 && recv(ends.1, &byte, 1, 0) == 1
  }

  deinit {
    close(ends.0)
    close(ends.1)
  }
}

private final class Exempt: Sendable {
  private let numbers = Mutex<Set<Int32>>([])
  func set(_ new: Set<Int32>) { numbers.withLock { $0 = new } }
  func contains(_ number: Int32) -> Bool { numbers.withLock { $0.contains(number) } }
}
