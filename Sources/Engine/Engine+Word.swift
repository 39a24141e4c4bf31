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
  /// Takes a person's word for how a delivery in doubt ended, or one of which the repository has a record that nobody vouches for; it becomes an
  /// attempt of its own in the history.
  ///
  /// - Returns: `false` where nobody has to say anything.
  public func resolve(_ id: DeliveryID, _ word: PersonsWord) async throws -> Bool {
    guard let intent = try await intentOfWord(on: id), inFlight[id] == nil, observed[id]?.flight == nil else { return false }
    let remote = observed[id]?.remote
    try await append(.intended(intent), for: id)
    if word.isPublished {
      try await end(id, .published, remote: Remote(id: remote?.id, url: word.url ?? remote?.url))
    } else {
      let error = DeliveryError(.content, code: PersonsWord.notPublished, message: "a person looked: it did not go out")
      try await end(id, .failed, error: error)
    }
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
  /// - Parameter again: also what went out already under another name, and it alone.
  /// - Returns: the deliveries that were armed, and why others are held that would have to be sent again.
  public func retry(_ post: PostID, _ account: AccountName?, again: Bool = false) async throws -> (armed: [DeliveryID], renamed: [Renamed])
  {
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
      try await append(.armed(scheduledAt: delivery.scheduledAt, byPersonAt: now()), for: id)
      armed.append(id)
      markDirty(post)
      remind(id, delivery)
    }
    reconsiderHeld()
    pump()
    return (armed, renamed)
  }
}
