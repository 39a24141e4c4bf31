import Schedule
import StateDirectory

/// What stands in a claim's key: who holds it, and what its journal says about the delivery since the attempt began, so that whoever
/// takes it over continues with the same key and the same facts.
///
/// It has no seal, unlike a claim's file in the repository: only members reach etcd, and whoever can push does not.
struct EtcdClaimValue: Equatable, Sendable {
  /// The revision that created the holder's member key (C1).
  var member: Int64
  /// The process that wrote it (N5); `nil` where an older version did.
  var life: String?
  /// For people.
  var host: String
  /// Begins with the intent. Steps, commit point, acceptance and outcome follow as they happen.
  var events: [DeliveryEvent]

  init(member: Int64, life: String?, host: String, events: [DeliveryEvent]) {
    (self.member, self.life, self.host, self.events) = (member, life, host, events)
  }

  /// Reads what ``bytes(of:)`` writes; `nil` for what another version wrote, or nobody of ours.
  init?(_ bytes: [UInt8], of id: DeliveryID) {
    // What is wrong with it does not matter: it is left alone.
    guard let json = try? JSON.parse(bytes), let member = json["member"]?.int, let host = json["host"]?.string,
      let texts = json["events"]?.array?.map(\.string), !texts.isEmpty
    else { return nil }
    var events: [DeliveryEvent] = []
    for text in texts {
      guard let bytes = text.flatMap(Base64.decode), case .delivery(id, let event)? = try? Event(bytes: bytes) else { return nil }
      events.append(event)
    }
    guard case .intended = events.first else { return nil }
    self.init(member: member, life: json["life"]?.string, host: host, events: events)
  }

  func bytes(of id: DeliveryID) -> [UInt8] {
    let json: JSON = [
      "member": .int(member), "life": JSON(life), "host": .string(host), "phase": .string(phase), "attempt": JSON(intent?.attempt),
      "events": .array(events.map { .string(Base64.encode(Event.delivery(id, $0).bytes)) }),
    ]
    return json.compactBytes()
  }

  var intent: Intent? { events.intent }

  /// For people who look with `etcdctl`.
  private var phase: String {
    switch events.last {
    case .committed: "committed"
    case .submitted: "submitted"
    case .ended(let outcome): outcome.state.name.rawValue
    default: "intended"
    }
  }

  /// What somebody else needs to bring it to an end.
  func abandoned(_ id: DeliveryID) -> AbandonedClaim? {
    guard let intent else { return nil }
    var claim = AbandonedClaim(id: id, intent: intent, holder: host)
    for event in events {
      switch event {
      case .remembered(let name, let value): claim.remembered.append(Observation.Remembered(name: name, value: value))
      case .committed(let instant): claim.committedAt = instant
      case .submitted(let remote, _): claim.remote = remote
      case .ended(let outcome): claim.outcome = outcome
      case .intended, .abandoned, .recorded, .armed, .told: break
      }
    }
    return claim
  }
}

extension [DeliveryEvent] {
  /// What the attempt is about that they are of.
  var intent: Intent? {
    guard case .intended(let intent)? = first else { return nil }
    return intent
  }

  var isCommitted: Bool { contains { if case .committed = $0 { true } else { false } } }
}
