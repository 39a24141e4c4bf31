import Platforms
import Schedule

/// What goes out with a delivery, and the digests that its record names.
struct Material: Sendable {
  /// Of the post's file.
  var sha256: String
  /// `nil` where the file cannot be read as a post.
  var post: Post?
  var source: Source
  var media: [MediaDigest] = []
  /// Why it cannot go out as it is.
  var problem: DeliveryError?

  init(sha256: String, post: Post?, source: Source) {
    (self.sha256, self.post, self.source) = (sha256, post, source)
  }

  /// The wall-clock time as the post gives it.
  var scheduledTime: String {
    guard let post else { return "" }
    return "\(post.scheduledTime)" + (post.offset.map { "\($0)" } ?? "")
  }
}

extension Post {
  /// What one account is sent: overrides in place of the post's own words, its options over the account's.
  func publication(of id: DeliveryID, intent: Intent, account: Account) -> Publication {
    let override = overrides[id.account]
    return Publication(
      id: id, account: account, key: intent.key, attempt: intent.attempt, scheduledAt: intent.scheduledAt,
      scheduledTime: intent.scheduledTime, timezone: intent.timezone, title: override?.title ?? title,
      caption: override?.caption ?? caption, media: override?.media ?? media,
      options: account.defaults.merging(options[account.platform] ?? [:]) { $1 }.merging(override?.options ?? [:]) { $1 })
  }
}
