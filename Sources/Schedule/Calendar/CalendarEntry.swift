/// A post as a calendar shows it: the deliveries of it that leave at one time of one zone.
///
/// Nearly every post is one entry; one whose accounts have zones of their own is several.
public struct CalendarEntry: Equatable, Sendable {
  public var post: PostID
  /// The post's file, from the repository's root.
  public var path: String
  public var scheduledAt: Instant
  /// `nil` where the file is gone or cannot be read.
  public var timezone: String?
  public var deliveries: [StatusRecord.Delivery]
  public var title: String?
  public var caption: String?
  /// The same for as long as the post has its id: `launch-teaser`, and `launch-teaser/acme` for what leaves at another time.
  public var name: String

  public var state: PostState { PostState(deliveries.map(\.state)) }

  /// The title, else the first line of the text, else the id.
  public var summary: String {
    let first = (title ?? caption)?.split(whereSeparator: \.isNewline).first.map(String.init)
    return first ?? post.text
  }
}

extension CalendarEntry {
  /// The entries of posts, by time; a post whose time cannot be read has none.
  ///
  /// - Parameter words: what a post says, by the path of its file; `nil` where that is gone or cannot be read.
  public static func all<Failure: Error>(
    of standings: [PostStanding], in side: PlanSide, words: (PostStanding) throws(Failure) -> Post?
  ) throws(Failure) -> [CalendarEntry] {
    var entries: [CalendarEntry] = []
    for standing in standings {
      let post = try words(standing)
      for var entry in Self.entries(of: standing, in: side) {
        (entry.title, entry.caption) = (post?.title, post?.caption)
        entries.append(entry)
      }
    }
    return entries.sorted { ($0.scheduledAt, $0.name) < ($1.scheduledAt, $1.name) }
  }

  private static func entries(of standing: PostStanding, in side: PlanSide) -> [CalendarEntry] {
    let status = standing.status
    var entries: [CalendarEntry] = []
    for delivery in status.deliveries {
      let planned = side.posts[status.post]?.delivery(to: delivery.account)
      guard let instant = planned?.scheduledAt ?? status.scheduledAt else { continue }
      let timezone = planned?.timezone ?? standing.timezone
      if let index = entries.firstIndex(where: { $0.scheduledAt == instant && $0.timezone == timezone }) {
        entries[index].deliveries.append(delivery)
        continue
      }
      let name = entries.isEmpty ? status.post.text : "\(status.post)/\(delivery.account)"
      entries.append(
        CalendarEntry(
          post: status.post, path: status.path, scheduledAt: instant, timezone: timezone, deliveries: [delivery], name: name))
    }
    return entries
  }
}
