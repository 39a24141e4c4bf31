import Foundation
import Glibc
import Support
import Synchronization

/// The receivers of a world's accounts, and of its notices: one server, an address an account. What they have processed is the truth that
/// everything else is compared with.
final class Receivers: Sendable {
  /// How an account's receiver does.
  enum Mode: Sendable {
    case well
    /// It takes requests and says nothing.
    case hanging
    case resetting
    case refusing
    /// It processes, and its answers get lost.
    case losingAnswers
    /// It processes, and thinks about its answer for some seconds.
    case slow
  }

  /// The account that people are told through.
  static let notices = "ops"

  private let chance: Chance
  private let book: Notebook
  private let state = Mutex(State())
  private let server = Mutex<Receiver?>(nil)

  private struct State {
    var modes: [String: Mode] = [:]
    var arrivals: [Books.Arrival] = []
    var told: [Books.Delivery: Set<String>] = [:]
    var keys: Set<String> = []
    var requests: [Books.Delivery: Int] = [:]
  }

  /// - Parameter book: where everything that comes is written down.
  init(_ chance: Chance, book: Notebook) throws {
    (self.chance, self.book) = (chance, book)
    let receiver = try Receiver { [weak self] in self?.answer($0) ?? .hangUp }
    server.withLock { $0 = receiver }
  }

  deinit { stop() }

  func stop() {
    server.withLock { server in
      server?.stop()
      server = nil
    }
  }

  var port: UInt16 { server.withLock { $0?.port ?? 0 } }
  var arrivals: [Books.Arrival] { state.withLock { $0.arrivals } }
  var told: [Books.Delivery: Set<String>] { state.withLock { $0.told } }

  func set(_ mode: Mode, for account: String) { state.withLock { $0.modes[account] = mode } }

  /// Accounts whose receiver drops a repeated webhook-id say so in their name.
  static func dedupes(_ account: String) -> Bool { account.hasPrefix("dedupes") }

  private func answer(_ request: Receiver.Arrival) -> Receiver.Answer {
    let account = String(request.target.dropFirst())
    guard let key = request.headers["webhook-id"],
      let message = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any],
      let data = message["data"] as? [String: Any], let post = data["post"] as? String
    else { return reply(400) }  // Somebody who only wants to know what time it is.
    if account == Self.notices {
      note(data, about: post)
      return reply(200)
    }
    let delivery = Books.Delivery(post, to: account)
    let arrival = Books.Arrival(delivery, caption: data["caption"] as? String ?? "", key: key, at: Date())
    let mode = mode(for: delivery)
    book.write("\(mode) \(delivery) \(key)")
    switch mode {
    case .well: return process(arrival) { reply(200) }
    case .hanging: return .silence
    case .resetting: return .reset
    case .refusing: return reply(503)
    case .losingAnswers: return process(arrival) { .hangUp }
    case .slow:
      let seconds = chance.number(in: 0.5...4, "slow \(delivery)")
      return process(arrival) {
        usleep(UInt32(seconds * 1_000_000))
        return reply(200)
      }
    }
  }

  /// Now and then one request or answer gets lost, however well its receiver is.
  private func mode(for delivery: Books.Delivery) -> Mode {
    let (mode, number) = state.withLock { state in
      state.requests[delivery, default: 0] += 1
      return (state.modes[delivery.account] ?? .well, state.requests[delivery] ?? 1)
    }
    guard mode == .well else { return mode }
    switch chance.unit("\(delivery) \(number)") {
    case ..<0.01: return .resetting
    case ..<0.02: return .losingAnswers
    case ..<0.03: return .refusing
    default: return .well
    }
  }

  private func process(_ arrival: Books.Arrival, _ answer: () -> Receiver.Answer) -> Receiver.Answer {
    state.withLock { state in
      if !state.keys.insert(arrival.key).inserted, Self.dedupes(arrival.delivery.account) { return }
      state.arrivals.append(arrival)
    }
    return answer()
  }

  /// A notice names its state and its delivery in its title: `in_doubt: launch to acme`.
  private func note(_ data: [String: Any], about post: String) {
    let words = (data["title"] as? String ?? "").split(separator: " ")
    guard let state = words.first?.dropLast(), let account = words.last else { return }
    book.write("told \(data["title"] ?? "")")
    self.state.withLock { _ = $0.told[Books.Delivery(post, to: String(account)), default: []].insert(String(state)) }
  }

  /// Each answer says what time it is.
  private func reply(_ status: Int) -> Receiver.Answer {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    let date = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
      _ = strftime(text.baseAddress, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
      return text.baseAddress.map { String(cString: $0) } ?? ""
    }
    return .reply(status, headers: ["date": date])
  }
}
