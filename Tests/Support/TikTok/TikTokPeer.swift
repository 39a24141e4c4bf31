import Foundation
import Glibc
public import Schedule
import Synchronization

/// TikTok as far as its documentation goes, on 127.0.0.1: OAuth, the content posting API, uploads, status, the list of videos.
///
/// Strict: what the documentation forbids is answered as TikTok answers it, and kept in ``violations``. The books in ``posts`` are the truth
/// that everything else is compared with: a video that is uploaded counts as posted once its last byte is stored, anything that is pulled
/// from a URL with its init.
///
/// One thread a connection, plain sockets. Uploads are counted and hashed as they arrive, and not kept.
public final class TikTokPeer: Sendable {
  private let listener: Int32
  public let port: UInt16
  let now: @Sendable () -> Instant
  let books: Mutex<TikTokBooks>
  private let connections = Mutex<(open: Set<Int32>, isStopped: Bool)>(([], false))

  /// Listens on a port of the system's choice.
  ///
  /// - Parameter now: what tokens, uploads, rates and caps expire by.
  public init(
    _ settings: Settings = Settings(), now: @escaping @Sendable () -> Instant = TikTokPeer.wallClock
  ) throws {
    (listener, port) = try Loopback.listen()
    self.now = now
    books = Mutex(TikTokBooks(settings: settings, origin: "http://127.0.0.1:\(port)"))
    Thread.detachNewThread { [self] in acceptAll() }
  }

  /// `http://127.0.0.1:PORT`: what `--endpoint tiktok=` gets.
  public var origin: String { "http://127.0.0.1:\(port)" }

  @Sendable public static func wallClock() -> Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

  /// Ends all connections and the listener; call it at the end of a test.
  public func stop() {
    let open = connections.withLock { connections in
      connections.isStopped = true
      return connections.open
    }
    for connection in open { shutdown(connection, Int32(SHUT_RDWR)) }
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func acceptAll() {
    while true {
      let connection = Loopback.accept(listener)
      guard connection >= 0 else { break }
      let isTaken = connections.withLock { connections in
        !connections.isStopped && connections.open.insert(connection).inserted
      }
      guard isTaken else {
        close(connection)
        break
      }
      Thread.detachNewThread { [self] in
        let ending = serve(TikTokWire(socket: connection))
        connections.withLock { _ = $0.open.remove(connection) }
        if ending == .reset { Loopback.resetOnClose(connection) }
        close(connection)
      }
    }
    close(listener)
  }
}

// MARK: - What a test asks

extension TikTokPeer {
  /// Everything that was posted, in order; what was refused afterwards included, see ``Post/fate``.
  public var posts: [Post] { books.withLock { $0.posts } }
  /// What came that the documentation forbids; a client that keeps to it leaves this empty.
  public var violations: [Violation] { books.withLock { $0.violations } }
  /// Every request that was read whole, in order.
  public var calls: [Call] { books.withLock { $0.calls } }
  /// How many of them were for this step.
  public func count(_ step: Step) -> Int { calls.count { step.covers($0.step) } }
  /// Every secret that was handed out: none of them may turn up in a log, a record or a page.
  public var secrets: [String] { books.withLock { $0.secrets } }

  /// Changes how TikTok is set up, from the next request on.
  public func change(_ change: (inout Settings) -> Void) { books.withLock { change(&$0.settings) } }

  /// Breaks what comes next at a step. Of several faults for it the first one injected comes first.
  public func inject(_ fault: Fault) { books.withLock { $0.faults.append(fault) } }
  /// Whether all faults have happened as often as they were to.
  public var areFaultsSpent: Bool { books.withLock { $0.faults.isEmpty } }

  /// Logs a person in without a browser: the answer of the token endpoint together with the app's key and secret, as one JSON object.
  public func login(scopes: [String] = Scope.all, openID: String? = nil) -> String {
    let now = now()
    return books.withLock { books in
      let answer = books.issue(to: openID ?? books.settings.consent.openID, scopes: scopes, now: now)
      let app: [String: JSON] = [
        "client_key": .string(books.settings.app.clientKey), "client_secret": .string(books.settings.app.clientSecret),
      ]
      return JSON.object((answer.object ?? [:]).merging(app) { $1 }).compactText()
    }
  }

  /// The person takes the app's permission away in TikTok's settings: all tokens of the account are dead.
  public func removeAuthorization(openID: String) { books.withLock { $0.revoke { $0.openID == openID } } }

  /// The person finishes a draft in the app: it is posted, and no share is pending for it any more.
  public func finishDraft(_ publishID: String) { books.withLock { $0.tasks[publishID]?.isDraftFinished = true } }

  /// How one publication fares, whatever ``Settings/moderation`` says.
  public func moderate(_ publishID: String, _ moderation: Moderation) {
    books.withLock { $0.moderate(publishID, moderation) }
  }
}
