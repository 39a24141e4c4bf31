extension Observed {
  /// The whole of what has happened, as a checkpoint's body.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(Self.version)
    writer.write(newestEnd)
    writeDeliveries(to: &writer)
    writer.write(all: unrecorded.values) {
      $0.write($1.id)
      $0.write($1.intent)
      $0.write($1.outcome)
    }
    writer.write(all: recordedHolds) {
      $0.write($1.key.text)
      $0.write($1.value)
    }
    writer.write(all: loginsNeeded) {
      $0.write($1.key.text)
      $0.write($1.value) { $0.write($1) }
    }
    writer.write(hasLearned)
    writer.write(all: acknowledgedBursts) { $0.write($1) }
    writer.write(historyKnown) { $0.write($1) }
    writer.write(restoredAt) { $0.write($1) }
    writer.write(all: toldHolds) {
      $0.write($1.key)
      $0.write($1.value)
    }
    anchors.write(to: &writer)
    writer.write(all: words) {
      $0.write($1.key.delivery)
      $0.write($1.key.number)
      $0.write($1.value)
    }
    writer.write(all: statusesLeft) {
      $0.write($1.key.text)
      $0.write(all: $1.value) { $0.write($1) }
    }
    return writer.bytes
  }

  /// - Throws: ``MalformedBytes`` for anything that ``bytes`` does not make.
  public init(bytes: [UInt8]) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    let version = try reader.byte()
    guard (2...Self.version).contains(version) else { throw reader.malformed() }
    let newest = version == 2 ? Instant.distantPast : try reader.instant()
    let settled = version == 2 ? Settled() : try Settled(&reader)
    var live: [DeliveryID: Observation] = [:]
    for _ in 0..<(try reader.count()) { live[try reader.deliveryID()] = try reader.observation() }
    self.init(settled: settled, live: live)
    newestEnd = version == 2 ? live.values.lazy.compactMap { $0.outcome?.finishedAt }.reduce(newest, max) : newest
    for _ in 0..<(try reader.count()) {
      let attempt = Attempt(id: try reader.deliveryID(), intent: try reader.intent(), outcome: try reader.outcome())
      unrecorded[attempt.attemptID] = attempt
    }
    for _ in 0..<(try reader.count()) {
      guard let post = PostID(try reader.string()) else { throw reader.malformed() }
      recordedHolds[post] = try reader.string()
    }
    for _ in 0..<(try reader.count()) {
      let account = try reader.account()
      loginsNeeded.updateValue(try reader.optional { reader throws(MalformedBytes) in try reader.string() }, forKey: account)
    }
    hasLearned = try reader.bool()
    for _ in 0..<(try reader.count()) { acknowledgedBursts.insert(try reader.string()) }
    historyKnown = try reader.optional { reader throws(MalformedBytes) in try reader.string() }
    restoredAt = try reader.optional { reader throws(MalformedBytes) in try reader.instant() }
    for _ in 0..<(try reader.count()) { toldHolds[try reader.deliveryID()] = try reader.instant() }
    if version >= 4 { anchors = try Anchors(&reader) }
    for _ in 0..<(version >= 5 ? try reader.count() : 0) {
      words[AttemptID(delivery: try reader.deliveryID(), number: try reader.attempts())] = try reader.string()
    }
    for _ in 0..<(version >= 5 ? try reader.count() : 0) {
      guard let post = PostID(try reader.string()) else { throw reader.malformed() }
      statusesLeft[post] = Set(try reader.array { reader throws(MalformedBytes) in try reader.string() })
    }
    guard reader.isAtEnd else { throw reader.malformed() }
  }

  /// Version 2 had no settled deliveries of their own: all were live. Version 3 had no anchors, and
  /// version 4 no words and no places of status files.
  private static let version: UInt8 = 5
}

extension ByteWriter {
  mutating func write(_ observation: Observation) {
    write(observation.scheduledAt)
    write(observation.firstAttempt)
    write(observation.attempts)
    write(observation.failures)
    write(observation.armedByPersonAt) { $0.write($1) }
    write(observation.committedAt) { $0.write($1) }
    write(observation.lastIntent) { $0.write($1) }
    switch observation.phase {
    case .idle: write(0 as UInt8)
    case .intended(let flight):
      write(1 as UInt8)
      write(flight)
    case .committed(let flight):
      write(2 as UInt8)
      write(flight)
    case .submitted(let flight, let remote):
      write(3 as UInt8)
      write(flight)
      write(remote)
    case .ended(let outcome):
      write(4 as UInt8)
      write(outcome)
    }
  }

  private mutating func write(_ flight: Observation.Flight) {
    write(flight.intent)
    write(all: flight.remembered) {
      $0.write($1.name)
      $0.write($1.value)
    }
    write(flight.previous) { $0.write($1) }
  }
}

extension ByteReader {
  /// An observation as far as it is the same in all phases.
  mutating func observationHead() throws(MalformedBytes) -> Observation {
    var observation = Observation(
      scheduledAt: try instant(), firstAttempt: try attempts(), attempts: try attempts(), failures: try attempts())
    observation.armedByPersonAt = try optional { reader throws(MalformedBytes) in try reader.instant() }
    observation.committedAt = try optional { reader throws(MalformedBytes) in try reader.instant() }
    return observation
  }

  mutating func observation() throws(MalformedBytes) -> Observation {
    var observation = try observationHead()
    observation.lastIntent = try optional { reader throws(MalformedBytes) in try reader.intent() }
    switch try byte() {
    case 0: observation.phase = .idle
    case 1: observation.phase = .intended(try flight())
    case 2: observation.phase = .committed(try flight())
    case 3: observation.phase = .submitted(try flight(), try remote())
    case 4: observation.phase = .ended(try outcome())
    default: throw malformed()
    }
    return observation
  }

  private mutating func flight() throws(MalformedBytes) -> Observation.Flight {
    Observation.Flight(
      intent: try intent(),
      remembered: try array { reader throws(MalformedBytes) in
        Observation.Remembered(name: try reader.string(), value: try reader.string())
      },
      previous: try optional { reader throws(MalformedBytes) in try reader.outcome() })
  }
}
