extension ByteWriter {
  mutating func write(_ intent: Intent) {
    write(intent.attempt)
    write(intent.key)
    write(intent.path)
    write(intent.platform)
    write(intent.scheduledAt)
    write(intent.scheduledTime.description)
    write(intent.offset) { $0.write($1.seconds) }
    write(intent.timezone)
    write(intent.tzdata)
    write(intent.contentSHA256)
    write(all: intent.media) {
      $0.write($1.path)
      $0.write($1.sha256) { $0.write($1) }
    }
    write(intent.source.commit)
    write(intent.source.blob)
    write(intent.source.author)
    write(intent.source.committer)
    write(intent.startedAt)
  }

  mutating func write(_ outcome: Outcome) {
    write(outcome.state.name.rawValue)
    if case .retrying(let instant) = outcome.state { write(instant) }
    write(outcome.finishedAt)
    write(outcome.remote) { $0.write($1) }
    write(outcome.error) { $0.write($1) }
  }

  mutating func write(_ remote: Remote) {
    write(remote.id) { $0.write($1) }
    write(remote.url) { $0.write($1) }
  }

  mutating func write(_ error: DeliveryError) {
    write(error.class.rawValue)
    write(error.code)
    write(error.message)
    write(error.retryAfter) { $0.write($1) }
  }
}

extension ByteReader {
  mutating func intent() throws(MalformedBytes) -> Intent {
    Intent(
      attempt: try attempts(), key: try string(), path: try string(), platform: try string(), scheduledAt: try instant(),
      scheduledTime: try wallClock(),
      offset: try optional { reader throws(MalformedBytes) in Offset(seconds: try reader.int()) }, timezone: try string(),
      tzdata: try string(), contentSHA256: try string(),
      media: try array { reader throws(MalformedBytes) in
        MediaDigest(path: try reader.string(), sha256: try reader.optional { reader throws(MalformedBytes) in try reader.string() })
      },
      source: Source(commit: try string(), blob: try string(), author: try string(), committer: try string()),
      startedAt: try instant())
  }

  private mutating func wallClock() throws(MalformedBytes) -> WallClock {
    // Why it is none does not matter: no writer makes it.
    guard let time = try? WallClock.parse(try string()) else { throw malformed() }
    return time.clock
  }

  mutating func outcome() throws(MalformedBytes) -> Outcome {
    let state: DeliveryState
    switch DeliveryState.Name(rawValue: try string()) {
    case .published: state = .published
    case .delivered: state = .delivered
    case .retrying: state = .retrying(at: try instant())
    case .failed: state = .failed
    case .inDoubt: state = .inDoubt
    case .missed: state = .missed
    case .cancelled: state = .cancelled
    case .scheduled, .publishing, .submitted, .held, nil: throw malformed()
    }
    return Outcome(
      state: state, finishedAt: try instant(), remote: try optional { reader throws(MalformedBytes) in try reader.remote() },
      error: try optional { reader throws(MalformedBytes) in try reader.deliveryError() })
  }

  mutating func remote() throws(MalformedBytes) -> Remote {
    Remote(
      id: try optional { reader throws(MalformedBytes) in try reader.string() },
      url: try optional { reader throws(MalformedBytes) in try reader.string() })
  }

  mutating func deliveryError() throws(MalformedBytes) -> DeliveryError {
    guard let kind = DeliveryError.Class(rawValue: try string()) else { throw malformed() }
    return DeliveryError(
      kind, code: try string(), message: try string(),
      retryAfter: try optional { reader throws(MalformedBytes) in try reader.duration() })
  }
}
