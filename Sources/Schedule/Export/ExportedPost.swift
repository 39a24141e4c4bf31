/// A post for other programs: what it says, when, and where it stands.
public struct ExportedPost: Sendable {
  public var standing: PostStanding
  /// When each of its deliveries is due; accounts may have zones of their own.
  public var planned: PlannedPost?
  /// What it says; `nil` where its file is gone or cannot be read.
  public var post: Post?

  public init(_ standing: PostStanding, planned: PlannedPost?, post: Post?) {
    (self.standing, self.planned, self.post) = (standing, planned, post)
  }
}

extension ExportedPost {
  /// An object of `export json`: its status, and beside it what its file says.
  public var json: JSON {
    var fields = standing.status.json.object ?? [:]
    fields["scheduled_time"] = JSON(standing.scheduledTime)
    fields["timezone"] = JSON(standing.timezone)
    fields["title"] = JSON(post?.title)
    fields["caption"] = JSON(post?.caption)
    fields["media"] = .array((post?.media ?? []).map(\.json))
    fields["deliveries"] = .array(standing.status.deliveries.map(json))
    return .object(fields)
  }

  private func json(_ delivery: StatusRecord.Delivery) -> JSON {
    let due = planned?.delivery(to: delivery.account)
    var fields = delivery.json.object ?? [:]
    fields["scheduled_at"] = JSON(due?.scheduledAt ?? standing.status.scheduledAt)
    fields["timezone"] = JSON(due?.timezone ?? standing.timezone)
    return .object(fields)
  }

  /// A row of `export csv`.
  ///
  /// The columns that `import csv` reads come back as they were; it passes over the others. What has no column is in `more`.
  public var cells: [PostColumn: String] {
    let status = standing.status
    let media = post?.media ?? []
    let accounts = post?.accounts ?? status.deliveries.map(\.account)
    // One row has one zone. Where its accounts have several, whoever reads it is told by the instant whether it is the same there.
    let zones = Set(planned?.deliveries.map(\.timezone) ?? [])
    return [
      .id: status.post.text, .state: status.state.rawValue, .scheduledTime: standing.scheduledTime ?? "",
      .timezone: zones.count > 1 ? "" : standing.timezone ?? "", .scheduledAt: status.scheduledAt?.description ?? "",
      .publishedAt: status.publishedAt?.description ?? "",
      .accounts: accounts.map(\.text).joined(separator: " "), .more: post?.more?.compactText() ?? "", .title: post?.title ?? "",
      .caption: post?.caption ?? "",
      .media: media.map(\.source.text).joined(separator: "\n"),
      .alt: media.contains { $0.alt != nil }
        ? media.map { ($0.alt ?? "").replacing("\n", with: " ") }.joined(separator: "\n") : "",
      .url: status.deliveries.compactMap { $0.remote?.url }.joined(separator: "\n"), .path: status.path,
    ]
  }
}

/// A column of `export csv` and `import csv`, by its title.
public enum PostColumn: String, CaseIterable, Sendable {
  case id, state
  case scheduledTime = "scheduled_time"
  case timezone
  case scheduledAt = "scheduled_at"
  case publishedAt = "published_at"
  case accounts, title, caption, media, alt, more, url, path

  /// Whether it says what a post is to be; the others say what became of one.
  public var isImported: Bool {
    switch self {
    case .id, .scheduledTime, .timezone, .accounts, .title, .caption, .media, .alt, .more: true
    case .state, .scheduledAt, .publishedAt, .url, .path: false
    }
  }
}

extension Media {
  var json: JSON {
    switch source {
    case .path(let path): ["path": .string(path), "alt": JSON(alt)]
    case .url(let url): ["url": .string(url), "alt": JSON(alt)]
    }
  }
}

extension Media.Source {
  /// The path or the address.
  public var text: String {
    switch self {
    case .path(let text), .url(let text): text
    }
  }
}
