public import Foundation

/// What everybody's books say after a trial: who asked for what, what receivers took, what upstream says, what people were told.
///
/// It judges by them alone. It stands apart from the product on purpose: no line of the product is used here, so that no mistake can be the
/// product's and its judge's at once.
public struct Books: Sendable {
  /// A post to an account.
  public struct Delivery: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let post: String
    public let account: String

    public init(_ post: String, to account: String) { (self.post, self.account) = (post, account) }

    public var description: String { "\(post) to \(account)" }
    public static func < (left: Delivery, right: Delivery) -> Bool { (left.post, left.account) < (right.post, right.account) }
  }

  /// What people asked for, by a commit of the branch.
  public struct Wish: Sendable {
    public var caption: String
    public var due: Date
    public var grace: TimeInterval

    public init(_ caption: String, due: Date, grace: TimeInterval) { (self.caption, self.due, self.grace) = (caption, due, grace) }
  }

  /// A message that a receiver has processed: one whose key it knows already, and drops, is none.
  public struct Arrival: Sendable {
    public var delivery: Delivery
    public var caption: String
    /// The `webhook-id`.
    public var key: String
    public var at: Date

    public init(_ delivery: Delivery, caption: String, key: String, at: Date) {
      (self.delivery, self.caption, self.key, self.at) = (delivery, caption, key, at)
    }
  }

  /// What upstream says of a delivery.
  public struct Word: Sendable {
    /// The state in the post's status file, and why.
    public var state: String?
    public var reason: String?
    /// The outcomes in its history files, by attempt.
    public var outcomes: [String]

    public init(state: String? = nil, reason: String? = nil, outcomes: [String] = []) {
      (self.state, self.reason, self.outcomes) = (state, reason, outcomes)
    }
  }

  public var asked: [Delivery: Wish] = [:]
  public var arrivals: [Arrival] = []
  public var upstream: [Delivery: Word] = [:]
  /// The states that the receiver of notices was told of.
  public var told: [Delivery: Set<String>] = [:]
  /// Until when upstream's claim on a delivery holds.
  public var claimed: [Delivery: Date] = [:]

  public init() {}
}

extension Books {
  /// What was promised, and not kept.
  public struct Violation: Sendable, CustomStringConvertible {
    public enum Kind: String, CaseIterable, Sendable {
      /// A receiver took it more than once.
      case twice
      /// Nobody asked for it, or not for these words.
      case unasked
      case early, late
      /// It was due, did not arrive, and nobody says so.
      case lost
      /// It arrived, and upstream says that it never went out; nobody was told of a doubt.
      case silent
    }

    public let kind: Kind
    public let delivery: Delivery
    let seen: String

    public var description: String { "\(kind.rawValue): \(delivery): \(seen)" }
  }

  /// What is somebody's, who may be gone, and nobody else's yet: what becomes of it is not known at `now`.
  public func waiting(at now: Date) -> Set<Delivery> {
    Set(claimed.filter { $0.value < now + Self.validity && now < $0.value + Self.patience }.keys)
  }

  /// All of it, by kind and delivery.
  ///
  /// - Parameter waiting: what need not have come to an end.
  public func violations(but waiting: Set<Delivery> = []) -> [Violation] {
    let taken = Dictionary(grouping: arrivals, by: \.delivery).mapValues { $0.sorted { $0.at < $1.at } }
    var violations = taken.keys.sorted().flatMap { faults(in: taken[$0] ?? [], of: $0) }
    for (delivery, wish) in asked.sorted(by: { $0.key < $1.key }) where !waiting.contains(delivery) {
      if let violation = unaccounted(delivery, wish, arrived: taken[delivery] != nil) { violations.append(violation) }
    }
    return Violation.Kind.allCases.flatMap { kind in violations.filter { $0.kind == kind } }
  }

  /// What receivers alone can tell.
  private func faults(in arrivals: [Arrival], of delivery: Delivery) -> [Violation] {
    let wish = asked[delivery]
    var violations: [Violation] = []
    if arrivals.count > 1 {
      let seen = arrivals.map { "\(Self.time($0.at)) as \($0.key)" }.joined(separator: ", ")
      violations.append(Violation(kind: .twice, delivery: delivery, seen: "taken \(arrivals.count) times: \(seen)"))
    }
    for arrival in arrivals {
      guard let wish, wish.caption == arrival.caption else {
        violations.append(
          Violation(kind: .unasked, delivery: delivery, seen: "\"\(arrival.caption.prefix(80))\" at \(Self.time(arrival.at))"))
        continue
      }
      let after = arrival.at.timeIntervalSince(wish.due)
      if after < -Self.tolerance {
        violations.append(Violation(kind: .early, delivery: delivery, seen: "\(-after) s before \(Self.time(wish.due))"))
      }
      if after > wish.grace + Self.travel {
        violations.append(
          Violation(kind: .late, delivery: delivery, seen: "\(after) s after \(Self.time(wish.due)), with a grace of \(wish.grace) s"))
      }
    }
    return violations
  }

  /// What only a comparison with upstream's word and the notices tells.
  private func unaccounted(_ delivery: Delivery, _ wish: Wish, arrived: Bool) -> Violation? {
    let word = upstream[delivery]
    let state = word?.final
    if arrived {
      if let state, Self.out.contains(state) || state == "in_doubt" || word?.isUnsealed ?? false { return nil }
      if told[delivery]?.contains("in_doubt") ?? false { return nil }
      return Violation(kind: .silent, delivery: delivery, seen: "it arrived, and \(describe(word, delivery))")
    }
    if let state, Self.notOut.contains(state) { return nil }
    if told[delivery].map({ !$0.isEmpty }) ?? false, !Self.out.contains(state ?? "") { return nil }
    return Violation(
      kind: .lost, delivery: delivery, seen: "due \(Self.time(wish.due)), it did not arrive, and \(describe(word, delivery))")
  }

  private func describe(_ word: Word?, _ delivery: Delivery) -> String {
    let told = told[delivery].map { $0.sorted().joined(separator: ", ") } ?? "nothing"
    guard let word else { return "upstream says nothing; told: \(told)" }
    return "upstream says \(word.state ?? "nothing")\(word.reason.map { " (\($0))" } ?? ""), by attempt: \(word.outcomes); told: \(told)"
  }

  /// It went out.
  static let out: Set<String> = ["published", "delivered"]
  /// It did not, or may not have, and that is said.
  static let notOut: Set<String> = ["failed", "missed", "in_doubt", "held", "cancelled"]
  /// Two processes on one machine read its clock a moment apart.
  private static let tolerance = 0.005
  /// A call begins within the grace, and is under way for a moment.
  private static let travel = 3.0

  /// How far ahead a claim can reach, and how long others wait after it: 300 s, and what a call and two clocks may take.
  private static let validity = 330.0
  private static let patience = 180.0

  private static func time(_ date: Date) -> String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}

extension Books.Word {
  /// The state that `posthorn status` shows; where the post has no status yet, that of its last attempt.
  public var final: String? {
    guard let state else { return outcomes.last }
    return Self.open.contains(state) ? outcomes.last.flatMap { Self.open.contains($0) ? nil : $0 } ?? state : state
  }

  /// It is held until a person has looked, because what upstream says of it may be anybody's.
  var isUnsealed: Bool { state == "held" && reason?.contains("seal") ?? false }

  /// Something is still to happen.
  private static let open: Set<String> = ["scheduled", "publishing", "submitted", "retrying"]
}
