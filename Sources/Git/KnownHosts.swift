/// What known_hosts files say about one host. The format is sshd(8)'s, SSH_KNOWN_HOSTS FILE FORMAT.
package struct KnownHosts {
  /// The text of each file, with its path for messages.
  let files: [(path: String, text: String)]

  package init(files: [(path: String, text: String)]) { self.files = files }

  package enum Verdict: Equatable {
    case known
    /// The host has another key of the same kind at `place`.
    case changed(place: String)
    /// The host is known, but by keys of the kinds `types` only.
    case otherType([String], place: String)
    case revoked(place: String)
    case unknown
  }

  /// Judges the key (in ssh's wire format, RFC 4253, 6.6) that `host` presents at `port`.
  ///
  /// What no line says of another port than 22, those for the host alone may, as with OpenSSH.
  package func verdict(host: String, port: Int, key: [UInt8]) -> Verdict {
    let verdict = verdict(on: Self.name(host: host, port: port), key: key)
    guard verdict == .unknown, port != 22 else { return verdict }
    switch self.verdict(on: Self.name(host: host, port: 22), key: key) {
    case .known: return .known
    case .revoked(let place): return .revoked(place: place)
    case .changed, .otherType, .unknown: return .unknown
    }
  }

  private func verdict(on name: String, key: [UInt8]) -> Verdict {
    let (type, encoded) = (Self.type(of: key), Base64.encode(key))
    var (known, changed) = (false, String?.none)
    var others: [(type: String, place: String)] = []
    for (path, text) in files {
      for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        guard let entry = Entry(line), entry.covers(name) else { continue }
        let place = "\(path):\(number + 1)"
        switch entry.marker {
        case "@revoked": if entry.key == encoded { return .revoked(place: place) }
        case nil where entry.key == encoded: known = true
        case nil where entry.type == type: changed = changed ?? place
        case nil: others.append((entry.type, place))
        default: continue  // Certificates are not offered by this ssh.
        }
      }
    }
    if known { return .known }
    if let changed { return .changed(place: changed) }
    if let first = others.first { return .otherType(others.map(\.type), place: first.place) }
    return .unknown
  }

  /// The keys of a host, a line each, its name as it is; revoked ones and certificates are none.
  func lines(host: String, port: Int) -> [String] {
    let name = Self.name(host: host, port: port)
    let own = lines(of: name, as: name)
    return own.isEmpty && port != 22 ? lines(of: Self.name(host: host, port: 22), as: name) : own
  }

  private func lines(of wanted: String, as name: String) -> [String] {
    files.flatMap { $0.text.split(separator: "\n") }.compactMap { line in
      guard let entry = Entry(line), entry.marker == nil, entry.covers(wanted) else { return nil }
      return "\(name) \(entry.type) \(entry.key)"
    }
  }

  /// The host as it stands in the files: with its port if that is not 22.
  static func name(host: String, port: Int) -> String { port == 22 ? host.lowercased() : "[\(host.lowercased())]:\(port)" }

  /// The kind that a key in wire format says it is: a length and a name.
  static func type(of key: [UInt8]) -> String {
    let length = key.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    return String(decoding: key.dropFirst(4).prefix(min(length, 64)), as: UTF8.self)
  }

  private struct Entry {
    let marker: Substring?
    let hosts: Substring
    let type: String
    let key: String

    init?(_ line: Substring) {
      var words = line.split(whereSeparator: \.isWhitespace)[...]
      guard let first = words.first, !first.hasPrefix("#") else { return nil }
      marker = first.hasPrefix("@") ? words.removeFirst() : nil
      guard words.count >= 3 else { return nil }
      hosts = words[words.startIndex]
      type = String(words[words.startIndex + 1])
      key = String(words[words.startIndex + 2])
    }

    func covers(_ name: String) -> Bool {
      if hosts.hasPrefix("|1|") { return coversHashed(name) }
      var covered = false
      for pattern in hosts.split(separator: ",") {
        if pattern.hasPrefix("!") {
          if matches(pattern.dropFirst().lowercased()[...], name[...]) { return false }
        } else if matches(pattern.lowercased()[...], name[...]) {
          covered = true
        }
      }
      return covered
    }

    /// `|1|salt|hash`, both in base 64: HMAC-SHA1 of the name with the salt as key.
    private func coversHashed(_ name: String) -> Bool {
      let parts = hosts.split(separator: "|")
      guard parts.count == 3, let salt = Base64.decode(parts[1]), let hash = Base64.decode(parts[2]) else { return false }
      return Digest.hmac(Array(name.utf8), key: salt) == hash
    }

    /// `*` stands for any characters, `?` for one.
    private func matches(_ pattern: Substring, _ name: Substring) -> Bool {
      // Greedy with one point to come back to, so that no pattern takes more than pattern × name steps.
      var (p, n) = (pattern.startIndex, name.startIndex)
      var back: (p: Substring.Index, n: Substring.Index)?
      while n < name.endIndex {
        if p < pattern.endIndex, pattern[p] == "*" {
          back = (p, n)
          p = pattern.index(after: p)
        } else if p < pattern.endIndex, pattern[p] == "?" || pattern[p] == name[n] {
          (p, n) = (pattern.index(after: p), name.index(after: n))
        } else if let last = back {
          back = (last.p, name.index(after: last.n))
          (p, n) = (pattern.index(after: last.p), name.index(after: last.n))
        } else {
          return false
        }
      }
      return pattern[p...].allSatisfy { $0 == "*" }
    }
  }
}
