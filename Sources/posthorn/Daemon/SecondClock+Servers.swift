import Engine
import HTTP
import Platforms
import Schedule

extension SecondClock {
  /// The servers that this host talks to anyway: upstream where it is reached over http, the accounts' own, and the one that the operator names.
  ///
  /// They are asked for nothing but the `Date` field of an answer, whatever its status; nothing secret is sent.
  ///
  /// - Parameters:
  ///   - source: what `--time-source` says.
  ///   - endpoints: where platforms are instead of at their own addresses, by name.
  /// - Source: RFC 9110, 6.6.1: a server with a clock sends the field with each answer below 500.
  static func servers(upstream: Location, source: Endpoint?, endpoints: [String: Origin], client: Client) -> SecondClock {
    SecondClock(
      servers: { accounts in
        var origins: [Origin] = []
        if case .remote(let url, _) = upstream, let origin = Origin(url) { origins.append(origin) }
        for account in accounts {
          if let origin = origin(of: account, endpoints), !origins.contains(origin) { origins.append(origin) }
        }
        return (source.map { [$0.text] } ?? []) + origins.map { "\($0)/" }
      },
      askOne: { server in
        guard let endpoint = try? Endpoint(server) else { return .noClock }  // an origin always is one
        // It may be asked twice: it is none of the calls that may not.
        let request = Request(
          .head, endpoint, headers: ["cache-control": "no-cache"], connection: .reusable, deadline: patience, bodyLimit: 0)
        do throws(HTTPError) {
          let answer = try await client.send(request)
          guard let date = answer.date else { return .noClock }
          return .time(Instant(seconds: date + answer.age), server: "\(endpoint.origin)")
        } catch {
          // One that this host may not talk to is none.
          return error.reason == .notSent(.forbidden) ? .noClock : .silence
        }
      })
  }

  private static func origin(of account: Account, _ endpoints: [String: Origin]) -> Origin? {
    if let moved = endpoints[account.platform] { return moved }
    if account.platform == TikTok.schema.name { return TikTok.origin }
    guard case .text(let url)? = account.parameters["url"] else { return nil }
    return Origin(url)
  }

  /// A server that has not answered by then is silent.
  private static let patience = Duration.seconds(5)
}

extension Response {
  /// How long it has lain in somebody's cache, in seconds.
  fileprivate var age: Int64 { headers["age"].flatMap { Int64($0) }.map { min(max($0, 0), 86_400 * 365) } ?? 0 }
}
