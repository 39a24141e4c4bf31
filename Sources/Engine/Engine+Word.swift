import Logging
public import Schedule

/// What a person says of a delivery that is in doubt, after looking at the account.
public struct PersonsWord: Equatable, Sendable {
  public let isPublished: Bool
  /// Where it can be seen.
  public let url: String?

  /// `published` or `not-published`; `nil` for anything else, or for an address that is none.
  public init?(_ word: String, url: String? = nil) {
    switch word {
    case "published": isPublished = true
    case "not-published" where url == nil: isPublished = false
    default: return nil
    }
    guard url.map({ $0.hasPrefix("https://") && $0.utf8.count <= 2048 && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } }) ?? true else {
      return nil
    }
    self.url = url
  }

  /// Where it is, as far as the person, or else the platform, has said.
  func remote(instead known: Remote?) -> Remote? { isPublished ? Remote(id: known?.id, url: url ?? known?.url) : nil }

  var error: DeliveryError? {
    isPublished ? nil : DeliveryError(.content, code: Self.notPublished, message: "a person looked: it did not go out")
  }

  /// The code of an attempt that ended by the word that it did not go out.
  static let notPublished = "resolved.not-published"

  public var text: String { (isPublished ? "published" : "not-published") + (url.map { " \($0)" } ?? "") }
}

extension Engine {
  /// Takes a person's word for how a delivery in doubt ended, or one of which the repository has a record that nobody vouches for; it becomes an
  /// attempt of its own in the history.
  ///
  /// - Parameter person: who says so; the history says it, too.
  /// - Returns: `false` where nobody has to say anything.
  public func resolve(_ id: DeliveryID, _ word: PersonsWord, by person: String) async throws -> Bool {
    guard let intent = try await intentOfWord(on: id), inFlight[id] == nil, observed[id]?.flight == nil else { return false }
    let remote = observed[id]?.remote
    try await append(.intended(intent), for: id)
    try await append([.said(AttemptID(delivery: id, number: intent.attempt), by: person)])
    logger.notice(
      "a person says how it ended",
      metadata: ["post": "\(id.post)", "account": "\(id.account)", "published": "\(word.isPublished)", "by": "\(person)"])
    try await end(id, word.isPublished ? .published : .failed, remote: word.remote(instead: remote), error: word.error)
    reconsiderRenamed(from: id)
    pump()
    return true
  }

  /// The attempt that a person's word is about.
  private func intentOfWord(on id: DeliveryID) async throws -> Intent? {
    if let observation = observed[id], observation.state == .inDoubt {
      return observation.lastIntent?.repeated(as: observation.nextAttempt, at: now())
    }
    guard isHeldUnsealed(id), let (post, delivery) = desired.delivery(id), let catalog = desired.catalog else { return nil }
    let account = desired.account(id.account)
    let material = try await reading { try await content.material(post, delivery: delivery, account: account, catalog: catalog) }
    // It was looked at before the content was read.
    guard isHeldUnsealed(id) else { return nil }
    if let observation = observed[id], observation.scheduledAt != delivery.scheduledAt {
      try await append(.armed(scheduledAt: delivery.scheduledAt), for: id)
    }
    return intent(id, post: post, delivery: delivery, material: material)
  }

  /// Arms again what failed, was missed or was cancelled, or is held because nobody vouches for a record of it, of one post, to one account or to all.
  ///
  /// - Parameters:
  ///   - again: also what went out already under another name, and it alone.
  ///   - person: who says so; the history says it, too.
  /// - Returns: the deliveries that were armed, and why others are held that would have to be sent again.
  public func retry(
    _ post: PostID, _ account: AccountName?, again: Bool = false, by person: String
  ) async throws -> (armed: [DeliveryID], renamed: [Renamed]) {
    guard let found = desired.post(post) else { return ([], []) }
    var (armed, renamed): ([DeliveryID], [Renamed]) = ([], [])
    for delivery in found.deliveries where account == nil || delivery.account == account {
      let id = DeliveryID(post: post, account: delivery.account)
      guard inFlight[id] == nil else { continue }
      if case .renamed(let other)? = renamedHold(found, delivery) {
        guard again else {
          renamed.append(other)
          continue
        }
      } else {
        let isOver = observed[id].map { $0.armsAgain && $0.state.name.isFinal } ?? false
        guard !again, isOver || isHeldUnsealed(id) else { continue }
      }
      guard try await arm(id, found, delivery, by: person) else { continue }
      armed.append(id)
      markDirty(post)
      remind(id, delivery)
    }
    reconsiderHeld()
    pump()
    return (armed, renamed)
  }

  /// Writes the word down as an attempt of its own, under which nothing is sent, and arms the delivery with it.
  ///
  /// - Returns: `false` where something else happened to it meanwhile.
  private func arm(_ id: DeliveryID, _ post: DesiredPost, _ delivery: DesiredDelivery, by person: String) async throws -> Bool {
    guard let catalog = desired.catalog else { return false }
    let (before, account) = (observed[id], desired.account(id.account))
    let material = try await reading { try await content.material(post, delivery: delivery, account: account, catalog: catalog) }
    guard observed[id] == before, inFlight[id] == nil, desired.post(id.post) == post else { return false }
    let (now, number) = (now(), before?.nextAttempt ?? 1)
    let word = intent(id, post: post, delivery: delivery, material: material, arming: number)
    let armed = DeliveryEvent.armed(scheduledAt: delivery.scheduledAt, byPersonAt: now)
    let events: [DeliveryEvent] = [
      .armed(scheduledAt: delivery.scheduledAt), .intended(word), .ended(Outcome(state: .retrying(at: now), finishedAt: now)), armed,
    ]
    try await append([.said(AttemptID(delivery: id, number: number), by: person)] + events.map { .delivery(id, $0) })
    try settleSeals(armed, of: id)
    logger.notice("a person has it tried again", metadata: ["post": "\(id.post)", "account": "\(id.account)", "by": "\(person)"])
    return true
  }
}
