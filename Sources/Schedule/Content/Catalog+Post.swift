public import YAML

/// One post to one account as the content asks for it: what the engine schedules.
public struct PlannedDelivery: Equatable, Sendable {
  public var id: DeliveryID
  public var scheduledAt: Instant
  /// The zone that the post's wall-clock time was read in.
  public var timezone: String
  /// How late it may still go out.
  public var grace: Duration
  /// Suspended in git, by the post or by its account.
  public var hold: HoldReason?

  /// The last instant at which it may go out.
  public var deadline: Instant { scheduledAt + grace }

  public init(id: DeliveryID, scheduledAt: Instant, timezone: String, grace: Duration, hold: HoldReason? = nil) {
    (self.id, self.scheduledAt, self.timezone, self.grace, self.hold) = (id, scheduledAt, timezone, grace, hold)
  }
}

/// What a post's file came to.
public struct PostReading: Sendable {
  /// Relative to the repository's root.
  public var path: String
  /// `nil` where the post has errors.
  public var post: Post?
  /// Known for most posts with errors too, so that they can be held under their name.
  public var id: PostID?
  /// Where the id stands: a duplicate is reported there.
  public var idSpan: Span
  /// Where the time stands.
  public var timeSpan: Span = .wholeFile
  /// The key of the first of caption, title and media that is there.
  public var contentSpan: Span = .wholeFile
  /// The accounts that the file names, even if it has errors elsewhere.
  public var accounts: [AccountName]
  /// One for each account whose own file is valid; none where the post has errors.
  public var deliveries: [PlannedDelivery]
  /// What is asked for and held because the post has errors, or the file of the account, as far as it can be read: somebody should hear of it
  /// when it is due.
  public var held: [PlannedDelivery] = []
  /// Accounts of the post whose own files have errors: what goes to them is held.
  public var blocked: [AccountName]
  /// Sorted by place.
  public var diagnostics: [Diagnostic]

  /// Whether the file itself was seen to say what its id is.
  public var namesItself: Bool { idSpan != .wholeFile }
}

extension Catalog {
  /// Reads one post and resolves when it goes where. `validate` and the engine both ask here.
  ///
  /// - Parameter path: relative to the repository's root.
  /// - Parameter now: given where new posts are looked for: one that is past its grace already is an error then.
  /// - Parameter isNew: asked, with the path and the id, for posts that are past their grace only; without it all of them are new.
  public func read(
    _ bytes: UnsafeBufferPointer<UInt8>, at path: String, with reader: inout ContentReader, newAt now: Instant? = nil,
    ifNew isNew: (@Sendable (String, PostID) -> Bool)? = nil
  ) -> PostReading {
    var reading = PostReading(path: path, id: nil, idSpan: .wholeFile, accounts: [], deliveries: [], blocked: [], diagnostics: [])
    let stem = ContentFile.stem(of: path)
    guard let root = reader.begin(bytes, at: path, kind: "a post") else {
      reading.id = PostID(stem)
      reading.diagnostics = reader.finish()
      return reading
    }
    let draft = reader.draft(root, stem: stem, self)
    reading.id = draft.id
    reading.idSpan = draft.idSpan
    reading.timeSpan = draft.scheduledTime.map { reader.document[$0.node].span } ?? .wholeFile
    reading.contentSpan = draft.contentName.map { reader.document[$0].span } ?? .wholeFile
    reading.accounts = draft.accounts.map(\.item)
    var planner = DeliveryPlanner(catalog: self, draft: draft, now: now, isNew: isNew)
    planner.plan(reporting: &reader)
    if !reader.hasErrors, let post = draft.post {
      reading.post = post
      reading.deliveries = planner.deliveries
      reading.blocked = planner.blocked
      reading.held = planner.held
    } else {
      reading.held = planner.deliveries + planner.held
    }
    reading.diagnostics = reader.finish()
    return reading
  }

  /// The same for an array.
  public func read(_ bytes: [UInt8], at path: String, with reader: inout ContentReader, newAt now: Instant? = nil) -> PostReading {
    bytes.withUnsafeBufferPointer { read($0, at: path, with: &reader, newAt: now) }
  }
}
