extension Event {
  /// The event as a journal body. The first byte says which it is; the numbers are never used again for another meaning.
  public var bytes: [UInt8] {
    var writer = ByteWriter(capacity: capacity)
    switch self {
    case .delivery(let id, let event):
      writer.write(event.tag)
      writer.write(id)
      writer.write(body: event)
    case .holdRecorded(let post, let reason):
      writer.write(20 as UInt8)
      writer.write(post.text)
      writer.write(reason) { $0.write($1) }
    case .burstAcknowledged(let commit):
      writer.write(21 as UInt8)
      writer.write(commit)
    case .loginNeeded(let account, let credential):
      writer.write(22 as UInt8)
      writer.write(account.text)
      writer.write(credential) { $0.write($1) }
    case .historyKnown(let commit):
      writer.write(25 as UInt8)
      writer.write(commit)
    case .restored(let instant):
      writer.write(26 as UInt8)
      writer.write(instant)
    case .holdTold(let id, let instant):
      writer.write(27 as UInt8)
      writer.write(id)
      writer.write(instant)
    case .adopted(let adopted):
      writer.write(28 as UInt8)
      writer.write(adopted)
    case .recordBranch(let branch):
      writer.write(29 as UInt8)
      writer.write(branch)
    case .rewriteAllowed(let commit):
      writer.write(30 as UInt8)
      writer.write(commit)
    case .said(let attempt, let person):
      writer.write(31 as UInt8)
      writer.write(attempt.delivery)
      writer.write(attempt.number)
      writer.write(person)
    case .statusLeft(let post, let path):
      writer.write(32 as UInt8)
      writer.write(post.text)
      writer.write(path)
    case .statusGone(let post, let path):
      writer.write(33 as UInt8)
      writer.write(post.text)
      writer.write(path)
    case .loginSeen(let account):
      writer.write(23 as UInt8)
      writer.write(account.text)
    }
    return writer.bytes
  }

  /// Room for most of its kind.
  private var capacity: Int {
    switch self {
    case .delivery(_, .intended), .delivery(_, .told): 480
    default: 96
    }
  }

  /// - Throws: ``MalformedBytes`` for anything that ``bytes`` does not make.
  public init(bytes: [UInt8]) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    let tag = try reader.byte()
    switch tag {
    case 20:
      guard let post = PostID(try reader.string()) else { throw reader.malformed() }
      self = .holdRecorded(post, reason: try reader.optional { reader throws(MalformedBytes) in try reader.string() })
    case 21:
      self = .burstAcknowledged(commit: try reader.string())
    case 22:
      self = .loginNeeded(
        try reader.account(), credential: try reader.optional { reader throws(MalformedBytes) in try reader.string() })
    case 23:
      self = .loginSeen(try reader.account())
    case 25: self = .historyKnown(commit: try reader.string())
    case 26: self = .restored(at: try reader.instant())
    case 27: self = .holdTold(try reader.deliveryID(), scheduledAt: try reader.instant())
    case 28: self = .adopted(try reader.adopted())
    case 29: self = .recordBranch(try reader.recordBranch())
    case 30: self = .rewriteAllowed(commit: try reader.string())
    case 31: self = .said(AttemptID(delivery: try reader.deliveryID(), number: try reader.attempts()), by: try reader.string())
    case 32, 33:
      guard let post = PostID(try reader.string()) else { throw reader.malformed() }
      self = tag == 32 ? .statusLeft(post, at: try reader.string()) : .statusGone(post, at: try reader.string())
    default:
      self = .delivery(try reader.deliveryID(), try reader.deliveryEvent(tag: tag))
    }
    guard reader.isAtEnd else { throw reader.malformed() }
  }
}

extension DeliveryEvent {
  fileprivate var tag: UInt8 {
    switch self {
    case .intended: 1
    case .remembered: 2
    case .committed: 3
    case .submitted: 4
    case .ended: 5
    case .abandoned: 6
    case .recorded: 7
    case .armed: 8
    case .told: 9
    }
  }
}

extension ByteWriter {
  fileprivate mutating func write(body event: DeliveryEvent) {
    switch event {
    case .intended(let intent): write(intent)
    case .remembered(let name, let value):
      write(name)
      write(value)
    case .committed(let instant): write(instant)
    case .submitted(let remote, let instant):
      write(remote)
      write(instant)
    case .ended(let outcome): write(outcome)
    case .abandoned: break
    case .recorded(let attempt): write(attempt)
    case .armed(let instant, let person):
      write(instant)
      write(person) { $0.write($1) }
    case .told(let intent, let outcome, let firstAttempt):
      write(intent)
      write(outcome)
      write(firstAttempt)
    }
  }
}

extension ByteReader {
  fileprivate mutating func deliveryEvent(tag: UInt8) throws(MalformedBytes) -> DeliveryEvent {
    switch tag {
    case 1: .intended(try intent())
    case 2: .remembered(name: try string(), value: try string())
    case 3: .committed(at: try instant())
    case 4: .submitted(try remote(), at: try instant())
    case 5: .ended(try outcome())
    case 6: .abandoned
    case 7: .recorded(attempt: try attempts())
    case 8:
      .armed(scheduledAt: try instant(), byPersonAt: try optional { reader throws(MalformedBytes) in try reader.instant() })
    case 9: .told(try intent(), try outcome(), firstAttempt: try int())
    default: throw malformed()
    }
  }
}
