import Schedule

/// What `status` prints.
struct StatusReport {
  let standings: [PostStanding]
  /// Files that ask for something and have no id under which it could be recorded.
  var nameless: [(path: String, problem: String)] = []
  /// Attempts that may have gone out twice, whatever became of their posts.
  var doubles: [DoubleRecord] = []
  /// Whose word it is how a delivery stands, of one post.
  var saidBy: [AccountName: String] = [:]
  /// Accounts that posts went out to with other words than their files have now.
  var drifts: [PostID: Set<AccountName>] = [:]
  let time: LocalTime
  let now: Instant

  var json: String {
    let held = nameless.map { file -> JSON in
      [
        "schema": 1, "post": .null, "path": .string(file.path), "state": "held", "scheduled_at": .null, "published_at": .null,
        "deliveries": [], "reason": .string(file.problem),
      ]
    }
    return JSON.array(standings.map(json) + held).text()
  }

  private func json(_ standing: PostStanding) -> JSON {
    let mine = doubles.filter { $0.id.post == standing.status.post }
    let drift = drifts[standing.status.post] ?? []
    guard !(mine.isEmpty && saidBy.isEmpty && drift.isEmpty), var members = standing.status.json.object else { return standing.status.json }
    if !mine.isEmpty { members["doubles"] = .array(mine.map(\.json)) }
    if !drift.isEmpty { members["drift"] = .array(drift.sorted().map { .string($0.text) }) }
    if !saidBy.isEmpty {
      members["said_by"] = .object(Dictionary(uniqueKeysWithValues: saidBy.map { ($0.text, JSON.string($1)) }))
    }
    return .object(members)
  }

  /// A line a post.
  func table(width: Int, _ color: DiagnosticReport.Color) -> String {
    var table = Table(.init("TIME"), .init("STATE"), .init("POST", minimum: 12), .init("ACCOUNTS", minimum: 8), .init("WHEN", minimum: 6))
    for standing in standings {
      let status = standing.status
      table.add(
        .init(time.text(status.scheduledAt, in: standing.timezone)), .init(status.state.rawValue, status.state.ink),
        .init(status.post.text), .init(status.deliveries.map(\.account.text).joined(separator: ", ")),
        .init(status.scheduledAt.map { $0.relative(to: now) } ?? ""))
    }
    let held = nameless.map { file in
      "\n\(file.path.printable): \(DeliveryState.Name.held.ink?.paint("held", color) ?? "held"), it has no id\n"
        + "  reason     \(file.problem.printable)\n"
        + "  next       give it an id, or rename it; then: posthorn validate\n"
    }
    let edited = drifts.isEmpty ? "" : "\n\(PostDrift.text): \(drifts.keys.sorted().map(\.text).joined(separator: ", "))\n"
    let doubles = doubles.map { "\n\(text($0, color))" }
    return (standings.isEmpty && !(held + doubles).isEmpty ? "" : table.text(width: width, color)) + edited + held.joined()
      + doubles.joined()
  }

  /// Each post with all of its deliveries.
  func details(width: Int, _ color: DiagnosticReport.Color) -> String {
    (standings.map { detail($0, width: width, color) } + doubles.map { text($0, color) }).joined(separator: "\n")
  }

  private func text(_ double: DoubleRecord, _ color: DiagnosticReport.Color) -> String {
    let (id, sides) = (double.id, double.sides)
    return
      "\(Ink.bold.paint("\(id.post)", color)) to \(id.account): \(Ink.red.paint("recorded twice", color)), it may have gone out twice\n"
      + "  recorded   \(sides.kept.printable)\n  and        \(sides.dropped.printable)\n"
      + "  to do      look at the account, take back what is too much, then: \(double.command)\n"
  }

  private func detail(_ standing: PostStanding, width: Int, _ color: DiagnosticReport.Color) -> String {
    let status = standing.status
    var text =
      "\(Ink.bold.paint(status.post.text, color)): \(status.state.ink?.paint(status.state.rawValue, color) ?? status.state.rawValue)\n"
    text += "  file       \(status.path.printable)\n"
    text += "  scheduled  \(when(status.scheduledAt, in: standing.timezone))\n"
    if let published = status.publishedAt { text += "  published  \(when(published, in: standing.timezone))\n" }
    if let reason = status.reason { text += "  reason     \(reason.printable)\n" }
    let stuck = standing.stuck(at: now)
    for delivery in status.deliveries {
      text += self.delivery(delivery, in: standing.timezone, color)
      if drifts[status.post]?.contains(delivery.account) ?? false { text += "    drift    \(PostDrift.text)\n" }
      if let next = delivery.next(in: status, isStuck: stuck.contains(delivery)) { text += "    to do    \(next.printable)\n" }
    }
    return text
  }

  private func delivery(_ delivery: StatusRecord.Delivery, in zone: String?, _ color: DiagnosticReport.Color) -> String {
    let state = delivery.state.ink?.paint(delivery.state.rawValue, color) ?? delivery.state.rawValue
    let tries = delivery.attempts == 0 ? "" : delivery.attempts == 1 ? ", 1 attempt" : ", \(delivery.attempts) attempts"
    let platform = delivery.platform.isEmpty ? "" : " (\(delivery.platform.printable))"
    var text = "  \(Ink.bold.paint(delivery.account.text, color))\(platform): \(state)\(tries)\n"
    if let person = saidBy[delivery.account] { text += "    said by  \(person.printable)\n" }
    if let reason = delivery.reason { text += "    reason   \(reason.printable)\n" }
    if let next = delivery.nextAttemptAt { text += "    next     \(when(next, in: zone))\n" }
    if let place = delivery.remote.flatMap({ $0.url ?? $0.id }) { text += "    remote   \(place.printable)\n" }
    if let error = delivery.error { text += "    error    \(error.message.printable) [\(error.code.printable)]\n" }
    return text
  }

  /// Local time, UTC, and how far away.
  private func when(_ instant: Instant?, in zone: String?) -> String {
    guard let instant else { return "unknown" }
    let local = zone.map { "\(time.text(instant, in: $0)) (\($0)), " } ?? ""
    return "\(local)\(LocalTime.text(utc: instant)), \(instant.relative(to: now))"
  }
}
