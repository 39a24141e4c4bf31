import Engine
import Git
import HTTP
import Platforms
import Schedule

extension FuzzTarget {
  /// What comes over sockets: answers, addresses, a line to the daemon.
  static let network = [
    FuzzTarget("header") { bytes in
      let text = text(bytes)
      if let seconds = HTTPDate.seconds(text) { try expect((0...253_402_300_800).contains(seconds), "a date is at \(seconds)") }
      for now in [0, 1_793_491_200, 253_402_300_799] as [Int64] {
        guard let wait = RetryAfter.wait(text, now: now) else { continue }
        try expect((.zero...RetryAfter.longest).contains(wait), "a wait is \(wait)")
      }
      let headers = Headers([.init("date", text), .init("retry-after", text)])
      _ = Response(status: 429, headers: headers).date
      try expect("\(headers)" == "date: ***, retry-after: ***", "a header's value is shown")
    },
    FuzzTarget("endpoint") { bytes in
      let text = text(bytes)
      guard let endpoint = try? Endpoint(text) else { return }  // refusing is the point
      try expect(try Endpoint(endpoint.text) == endpoint, "\(endpoint.text) is another endpoint the second time")
      try expect(Origin(endpoint.origin.description) == endpoint.origin, "\(endpoint.origin) is another origin the second time")
      try expect(isClean(endpoint.text) && isClean("\(endpoint)"), "an address reaches the terminal unescaped")
      try expect(!authority(of: endpoint.text).contains("@"), "\(endpoint.text) names a user")
    },
    FuzzTarget("answer") { bytes in
      guard let account = AccountName("acme"), let origin = Origin("https://hooks.acme.example") else { return }
      let verdict = WebhookVerdict(account: account, origin: origin, now: Instant(seconds: 1_793_491_200))
      let status = bytes.prefix(2).reduce(0) { $0 << 8 | Int($1) } % 1000
      let head = bytes.dropFirst(2).prefix { $0 != 0x0A }
      let body = Array(bytes.dropFirst(3 + head.count))
      switch verdict.result(Response(status: status, headers: Headers([.init("retry-after", text(head))]), body: body)) {
      case .published(let remote), .delivered(let remote), .submitted(let remote):
        for text in [remote.id, remote.url].compactMap(\.self) {
          try expect(isClean(text) && !text.contains("\n"), "what a receiver calls it reaches the terminal unescaped")
        }
        try expect((200...299).contains(status), "\(status) counts as published")
      case .failed(let error), .unknown(let error):
        try expect(isClean(error.message) && error.message.utf8.count <= 1024, "an error is unescaped, or long")
        try expect(error.retryAfter.map { (.zero...RetryAfter.longest).contains($0) } ?? true, "a wait is too long")
      }
    },
    FuzzTarget("control") { bytes in
      guard let request = ControlRequest(text(bytes)) else { return }
      try expect(ControlRequest(request.line) == request, "a request is another one the second time")
      try expect(isClean(request.line) && !request.line.contains("\n"), "a request reaches the log unescaped")
    },
    FuzzTarget("remote-url") { bytes in
      let url = RemoteURL(text(bytes))
      try expect(isClean(url.shown) && url.shown.utf8.count <= 1024, "the address of a repository is shown unescaped, or long")
      try expect(!authority(of: url.shown).contains("@"), "\(url.shown) shows a password")
    },
    FuzzTarget("known-hosts") { bytes in
      let hosts = KnownHosts(files: [("/etc/ssh/known_hosts", text(bytes))])
      for key in [Array(bytes.prefix(64)), [], [0xFF, 0xFF, 0xFF, 0xFF, 0x61]] {
        _ = hosts.verdict(host: "git.example.com", port: 22, key: key)
        _ = hosts.verdict(host: "git.example.com", port: 2222, key: key)
      }
    },
  ]
}

/// What stands between the first `://` and the path.
private func authority(of url: String) -> Substring {
  url.utf8.firstRange(of: Array("://".utf8)).map { Substring(url.utf8[$0.upperBound...].prefix { !"/?#".utf8.contains($0) }) } ?? ""
}
