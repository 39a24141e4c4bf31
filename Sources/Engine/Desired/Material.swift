import Platforms
import Schedule

/// What goes out with a delivery, and the digests that its record names.
struct Material: Sendable {
  /// Of the post's file.
  var sha256: String
  /// `nil` where the file can no longer be read as a post.
  var post: Post?
  /// The wall-clock time as the post gives it.
  var scheduledTime: WallClock
  var source: Source
  var media = MediaReading()

  /// Why it cannot go out as it is.
  var problem: DeliveryError? { media.problem }

  /// What `account` is sent; `nil` where the file can no longer be read as a post.
  func publication(of id: DeliveryID, intent: Intent, account: Account) -> Publication? {
    guard var publication = post?.publication(of: id, intent: intent, account: account) else { return nil }
    publication.commit = source.commit
    publication.facts = media.facts
    return publication
  }
}

extension Post {
  /// What one account is sent: overrides in place of the post's own words, its options over the account's.
  fileprivate func publication(of id: DeliveryID, intent: Intent, account: Account) -> Publication {
    let override = overrides[id.account]
    var merged = account.defaults
    for more in [options[account.platform], override?.options] { if let more, !more.isEmpty { merged.merge(more) { $1 } } }
    return Publication(
      id: id, account: account, key: intent.key, attempt: intent.attempt, scheduledAt: intent.scheduledAt,
      scheduledTime: intent.offset.map { "\(intent.scheduledTime)\($0)" } ?? intent.scheduledTime.description, timezone: intent.timezone,
      title: override?.title ?? title,
      caption: override?.caption ?? caption, media: override?.media ?? media,
      options: merged)
  }
}
