/// Where a post stands, derived from its deliveries.
public enum PostState: String, CaseIterable, Hashable, Sendable {
  case scheduled, publishing, submitted, published, delivered, retrying, failed
  case inDoubt = "in_doubt"
  case held, missed, cancelled
  /// All its deliveries have ended, and not all in the same way.
  case partial

  /// Of a post with `deliveries`: what most needs to be known. While one of them is not at its end that is the one that a person must
  /// see to, else the one that is furthest; at the end it is the end that all have in common. A post none of whose deliveries is known
  /// cannot be read, so it is held.
  public init(_ deliveries: some Collection<DeliveryState.Name>) {
    let states = Set(deliveries)
    let unfinished: [DeliveryState.Name] = [.inDoubt, .held, .publishing, .submitted, .retrying, .scheduled]
    if let first = unfinished.first(where: states.contains) {
      self.init(first)
    } else if let end = states.first {
      if states.count == 1 { self.init(end) } else { self = .partial }
    } else {
      self = .held
    }
  }

  private init(_ name: DeliveryState.Name) {
    switch name {
    case .scheduled: self = .scheduled
    case .publishing: self = .publishing
    case .submitted: self = .submitted
    case .published: self = .published
    case .delivered: self = .delivered
    case .retrying: self = .retrying
    case .failed: self = .failed
    case .inDoubt: self = .inDoubt
    case .held: self = .held
    case .missed: self = .missed
    case .cancelled: self = .cancelled
    }
  }
}
