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

  /// The code of an attempt that ended by the word that it did not go out.
  static let notPublished = "resolved.not-published"

  public var text: String { (isPublished ? "published" : "not-published") + (url.map { " \($0)" } ?? "") }
}

extension Engine {
  /// Takes a person's word for how a delivery in doubt ended; it becomes an attempt of its own in the history.
  ///
  /// - Returns: `false` where the delivery is not in doubt.
  public func resolve(_ id: DeliveryID, _ word: PersonsWord) async throws -> Bool {
    guard inFlight[id] == nil, let observation = observed[id], observation.state == .inDoubt, let last = observation.lastIntent else {
      return false
    }
    try await append(.intended(last.repeated(as: observation.nextAttempt, at: now())), for: id)
    if word.isPublished {
      try await end(id, .published, remote: Remote(id: observation.remote?.id, url: word.url ?? observation.remote?.url))
    } else {
      let error = DeliveryError(.content, code: PersonsWord.notPublished, message: "a person looked: it did not go out")
      try await end(id, .failed, error: error)
    }
    return true
  }

  /// Arms again what failed, was missed or was cancelled, of one post, to one account or to all.
  ///
  /// - Returns: the deliveries that were armed.
  public func retry(_ post: PostID, _ account: AccountName?) async throws -> [DeliveryID] {
    var armed: [DeliveryID] = []
    for delivery in desired.post(post)?.deliveries ?? [] where account == nil || delivery.account == account {
      let id = DeliveryID(post: post, account: delivery.account)
      guard inFlight[id] == nil, let observation = observed[id], observation.armsAgain, observation.state.name.isFinal else { continue }
      try await append(.armed(scheduledAt: delivery.scheduledAt, byPersonAt: now()), for: id)
      armed.append(id)
      markDirty(post)
      remind(id, delivery)
    }
    pump()
    return armed
  }
}
