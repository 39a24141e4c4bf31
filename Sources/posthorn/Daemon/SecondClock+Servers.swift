import Engine
import HTTP
import Schedule

extension SecondClock {
  /// The servers that this host talks to anyway: upstream where it is reached over https, and the accounts' own.
  ///
  /// They are asked for nothing but the `Date` field of an answer, whatever its status; nothing secret is sent.
  ///
  /// - Source: RFC 9110, 6.6.1: a server with a clock sends the field with each answer below 500.
  static func servers(upstream: Location, client: Client) -> SecondClock {
    SecondClock(
      servers: { accounts in
        var origins: [Origin] = []
        if case .remote(let url, _) = upstream, let origin = Origin(url) { origins.append(origin) }
        for case .text(let url)? in accounts.map({ $0.parameters["url"] }) {
          if let origin = Origin(url), !origins.contains(origin) { origins.append(origin) }
        }
        return origins.map(\.description)
      },
      ask: { server in
        guard let endpoint = try? Endpoint("\(server)/") else { return nil }  // an origin always is one
        let request = Request(.head, endpoint, deadline: .seconds(10), bodyLimit: 0)
        // A server that cannot be reached says nothing about the time.
        return (try? await client.send(request))?.date.map { Instant(seconds: $0) }
      })
  }
}
