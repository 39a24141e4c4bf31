import Schedule

/// What was edited after it went out: the records say what went out, the file what would have.
enum PostDrift {
  static let text = "edited after it went out; nobody sees the edit"

  /// Accounts that a post went out to with another content than its file has now.
  static func accounts(of standing: PostStanding, _ attempts: [HistoryRecord], in side: PlanSide) -> Set<AccountName> {
    guard let digest = side.posts[standing.status.post]?.digest else { return [] }
    return Set(
      standing.status.deliveries.filter { delivery in
        delivery.state.isOut && delivery.state != .inDoubt
          && attempts.contains { $0.account == delivery.account && $0.attempt == delivery.attempts && $0.contentSHA256 != digest }
      }.map(\.account))
  }
}

extension RecordFolder {
  /// The last attempts of posts, by what their status says of them: a few names are asked for instead of the whole history.
  func lastAttempts(of standings: [PostStanding]) throws(Failure) -> [PostID: [HistoryRecord]] {
    var files: [String] = []
    for status in standings.map(\.status) {
      for delivery in status.deliveries where delivery.state.isOut && delivery.attempts > 0 {
        let id = DeliveryID(post: status.post, account: delivery.account)
        // Accounts in other zones, and a time that was changed since, are of another day than the post.
        let days = Set(
          [status.scheduledAt, status.publishedAt].compactMap(\.self).flatMap { [$0 - .seconds(86_400), $0, $0 + .seconds(86_400)] })
        files += days.map { HistoryRecord.file(of: id, attempt: delivery.attempts, scheduledAt: $0) }
      }
    }
    return Dictionary(grouping: try records(at: Array(Set(files))), by: \.post)
  }
}
