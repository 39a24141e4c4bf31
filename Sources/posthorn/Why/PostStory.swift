import Engine
import Git
import Schedule

/// Everything that git tells about one post.
struct PostStory {
  let standing: PostStanding
  let steps: [PostTrail.Step]
  let attempts: [HistoryRecord]
  /// What two daemons have recorded and nobody has looked at.
  let doubles: [DoubleRecord]
  /// Accounts that the post went out to with other words than its file has now.
  let drifted: Set<AccountName>
  let now: Instant

  var json: JSON {
    let status = standing.status
    return [
      "post": .string(status.post.text), "path": .string(status.path), "state": .string(status.state.rawValue),
      "scheduled_at": JSON(status.scheduledAt), "scheduled_time": JSON(standing.scheduledTime), "timezone": JSON(standing.timezone),
      "commits": .array(steps.map(json)), "attempts": .array(attempts.map(\.json)),
      "doubles": .array(doubles.map(\.json)),
      "deliveries": .array(status.deliveries.map(json)),
    ]
  }

  private func json(_ step: PostTrail.Step) -> JSON {
    var fields = Self.fields(step.commit)
    fields["change"] = .string(step.kind.rawValue)
    fields["path"] = .string(step.path)
    fields["old_path"] = JSON(step.oldPath)
    fields["differences"] = .array(step.differences.map(JSON.string))
    fields["merge"] = step.merge.map { .object(Self.fields($0)) } ?? .null
    return .object(fields)
  }

  private static func fields(_ commit: Commit) -> [String: JSON] {
    [
      "commit": .string(commit.id.hex), "author": .string(commit.author.person), "committer": .string(commit.committer.person),
      "date": JSON(Instant(seconds: commit.committer.time)), "subject": .string(commit.subject),
    ]
  }

  private func json(_ delivery: StatusRecord.Delivery) -> JSON {
    let next = standing.nextStep(of: delivery, now: now)
    return [
      "account": .string(delivery.account.text), "platform": .string(delivery.platform), "state": .string(delivery.state.rawValue),
      "reason": JSON(delivery.reason), "remote_id": JSON(delivery.remote?.id), "remote_url": JSON(delivery.remote?.url),
      "next_attempt_at": JSON(delivery.nextAttemptAt),
      "error": delivery.error.map { ["code": .string($0.code), "message": .string($0.message)] } ?? .null,
      "drift": .bool(drifted.contains(delivery.account)), "next": .string(next.text), "command": JSON(next.command),
    ]
  }
}

extension Signature {
  var person: String { "\(name) <\(email)>" }
}

extension Commit {
  /// The first line of its message.
  var subject: String { message.split(whereSeparator: \.isNewline).first.map(String.init) ?? "" }
}
